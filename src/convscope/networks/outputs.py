"""The outputs of a model, each with a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from convscope.backend import Model, Tensor, keras
from convscope.brief import Brief


@dataclass(frozen=True)
class Output(Brief):
    """One of the things that a model returns.

    Args:
        name: its key in a dictionary, its place in a list, from 0, or the name that Keras gives it;
            '' if it is the only one.
        shape: of one picture: (classes,), or (height, width, channels), in the model's own order.
        layer: the address of the layer that gives it, for addresses such as 'layer:3'; '' if no
            layer does.
    """

    name: str
    shape: tuple[int, ...]
    layer: str

    def _brief(self) -> str:
        shape = "x".join(map(str, self.shape)) or "a number"
        of = f" of {self.layer}" if self.layer not in ("", self.name) else ""
        return f"{self.name or 'output'} ({shape}{of})"


def named(model: Model, returned: object) -> dict[str, Tensor]:
    """Return the tensors that a model has returned, by name; one alone is called ''."""
    found: dict[str, Tensor] = {}

    def walk(part: object, path: tuple[str, ...]) -> None:
        if isinstance(part, Mapping):
            for key, value in part.items():
                walk(value, (*path, str(key)))
        elif isinstance(part, Sequence):
            own = _own_names(model, len(part)) if not path else None
            for place, value in enumerate(part):
                walk(value, (*path, own[place] if own else str(place)))
        elif keras.ops.is_tensor(part):
            found[".".join(path)] = cast("Tensor", part)

    walk(returned, ())
    return found if len(found) != 1 else {"": next(iter(found.values()))}


def _own_names(model: Model, count: int) -> list[str] | None:
    """Return Keras's names of a graph's outputs, if it has as many that differ."""
    names = [str(name) for name in getattr(model, "output_names", None) or []]
    return names if len(names) == count == len(set(names)) else None
