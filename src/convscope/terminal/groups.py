"""Groups of options: a dataclass each, whose fields become the options of a command."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_type_hints

from typer.models import OptionInfo


def flattened(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with an option for each field of the dataclasses that it takes.

    The command itself gets those dataclasses. If one has a ``PANEL``, its options are listed under
    that title in the help.

    Example:
        >>> import typer
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Size:
        ...     width: Annotated[int, typer.Option()] = 3
        >>> def draw(photo: str, size: Size) -> None:
        ...     print(photo, size)
        >>> list(signature(flattened(draw)).parameters)
        ['photo', 'width']
        >>> flattened(draw)(photo="a.png", width=5)
        a.png Size(width=5)
    """
    hints = get_type_hints(command, include_extras=True)
    given = signature(command).parameters
    groups = {name: hints[name] for name in given if is_dataclass(hints[name])}
    parameters = [each for name in given for each in _parameters(given[name], hints[name])]

    @wraps(command)
    def flat(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{each.name: values.pop(each.name) for each in fields(group)})
        command(**values)

    del flat.__wrapped__  # by which Typer would find the groups again
    flat.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {each.name: each.annotation for each in parameters}
    return flat


def options_of(command: Callable[..., None]) -> dict[str, bool]:
    """Return the long options of a command, and whether each needs a value.

    Example:
        >>> import typer
        >>> def draw(*, name: Annotated[str, typer.Option("--called")], plain: bool = False): ...
        >>> options_of(draw)
        {'--called': True}
    """
    found: dict[str, bool] = {}
    for name, hint in get_type_hints(command, include_extras=True).items():
        kind, *more = get_args(hint) or (hint,)
        for option in more:
            if isinstance(option, OptionInfo):
                # In an annotation, Typer keeps the first spelling where a default would stand.
                stated = [option.default, *(option.param_decls or ())]
                spelled = [each for each in stated if isinstance(each, str) and each[:2] == "--"]
                for each in spelled or [f"--{name.replace('_', '-')}"]:
                    found[each] = kind is not bool
    return found


def _parameters(parameter: Parameter, hint: Any) -> Iterator[Parameter]:
    """A parameter by name, or one for each field of a group."""
    if not is_dataclass(hint):
        yield parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hint)
        return
    hints = get_type_hints(hint, include_extras=True)
    panel = getattr(hint, "PANEL", None)
    for each in fields(hint):
        default = Parameter.empty if each.default is MISSING else each.default
        yield Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            default=default,
            annotation=_listed(hints[each.name], panel),
        )


def _listed(hint: Any, panel: str | None) -> Any:
    """An option's type, with the option under a title of the help."""
    kind, *more = get_args(hint)
    option = next(each for each in more if isinstance(each, OptionInfo))
    if panel is None:
        return hint
    moved = copy.copy(option)
    moved.rich_help_panel = panel
    return Annotated[kind, moved]
