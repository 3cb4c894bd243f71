"""Commands that take units such as -block5_conv3:17, and still refuse a misspelt option."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from convscope.errors import InputError, MissingExtra, unknown

# What Typer raises for a wrong command line. It is Click's, or a copy of it, depending on Typer's
# version; a BadParameter is one in all of them.
UsageError: Any = typer.BadParameter.__base__


# In the help of an option, what stands for the names of a table: a row more is in the help too.
TABLE = re.compile(r"\{([\w.]+):(\w+)\}")


def listing(path: str, name: str) -> str:
    """Return what stands for the names of a table in an option's help.

    The table is imported when the help is shown.
    """
    return f"{{{path}:{name}}}"


def _names(found: re.Match[str]) -> str:
    """The names of a table; without a backend there is no table, but still help."""
    try:
        return ", ".join(getattr(import_module(found[1]), found[2]))
    except MissingExtra:
        return "a name"


def completing(path: str, name: str) -> Callable[[str], list[str]]:
    """What completes the names of a table in a shell; no framework is loaded for it."""

    def complete(incomplete: str) -> list[str]:
        try:
            with warnings.catch_warnings():  # a shell that is completing wants no word of it
                warnings.simplefilter("ignore")
                names = list(getattr(import_module(path), name))
        except Exception:
            return []
        return [each for each in names if each.startswith(incomplete)]

    return complete


def reflowed(text: str | None) -> str:
    """A docstring as help: its paragraphs as one line each, to be broken where the terminal ends.

    Example:
        >>> reflowed("One\\n    two.\\n\\n    Three.")
        'One two.\\n\\nThree.'
    """
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def in_shell(message: str, options: Mapping[str, str]) -> str:
    """A message with settings of Python's as the shell's options: steps= is --steps there.

    Args:
        message: what went wrong, where ``name=`` stands for a setting that is to be stated.
        options: how the command spells its settings, by their names in Python.

    Example:
        >>> in_shell("State steps= or --out FILE or out=.", {"steps": "--steps", "out": "--out"})
        'State --steps or --out FILE.'
    """

    def spelled(found: re.Match[str]) -> str:
        return options.get(found[1], found[0])

    text = re.sub(r"\b([a-z_]+)=(?=[\s.,;:)]|$)", spelled, message)
    # Where both were given, the option with its value is enough.
    return re.sub(r"(--[a-z-]+)( [A-Z]+)? or \1(?![\w-])", r"\1\2", text)


def spellings(params: Iterable[Any]) -> dict[str, str]:
    """How a command spells its settings, by their names in Python."""
    return {param.name: param.opts[0] for param in params if param.opts[0].startswith("--")}


class _Plain:
    """Help without what only a programmer needs: no types of flags and arguments."""

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters, --help and those of completion among them."""
        return [_plain(param) for param in super().get_params(ctx)]  # type: ignore[misc]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Arguments by their names, without more brackets and dots."""
        pieces = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        arguments = [each.metavar for each in self.params if _is_argument(each)]  # type: ignore[attr-defined]
        return [*pieces[: len(pieces) - len(arguments)], *arguments] if all(arguments) else pieces


def _plain(param: Any) -> Any:
    if getattr(param, "is_flag", False):
        param.metavar = ""
    elif _is_argument(param):
        param.display_type_rich = lambda ctx: None
    return param


def _is_argument(param: Any) -> bool:
    return getattr(param, "param_type_name", "") == "argument"


class Group(_Plain, TyperGroup):
    """All commands together."""


class Strict(_Plain, TyperCommand):
    """A command that knows all its long options; a single dash begins a unit.

    ``moved`` says, for options that it had once, which command does that now.
    """

    moved: ClassVar[Mapping[str, str]] = {}

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Fill in the names of tables, only now: help for other commands imports none of them."""
        params: list[Any] = self.params
        for param in params:
            if getattr(param, "help", None):
                param.help = TABLE.sub(_names, param.help)
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an option that this command does not have, with the nearest that it has."""
        known = [
            name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)
        ]
        for argument in args:
            if argument == "--":
                break
            name = argument.partition("=")[0]
            if name in self.moved:
                raise InputError(f"{self.name} takes no {name}. Try: {self.moved[name]}.")
            if name.startswith("--") and name not in known:
                raise unknown("option", name, [each for each in known if each.startswith("--")])
        return super().parse_args(ctx, args)
