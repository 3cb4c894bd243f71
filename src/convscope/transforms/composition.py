"""Transforms, one after the other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any, Self

import numpy as np

from convscope.errors import InputError, unknown
from convscope.transforms import numbers
from convscope.transforms.blur import Blur
from convscope.transforms.placements import Crop, Flip, Rotate, Scale, Shift
from convscope.transforms.transform import Change, Placement, Transform
from convscope.transforms.values import Brightness, Contrast, Noise

TRANSFORMS: dict[str, type[Transform]] = {
    "shift": Shift,
    "scale": Scale,
    "rotate": Rotate,
    "flip": Flip,
    "crop": Crop,
    "noise": Noise,
    "blur": Blur,
    "brightness": Brightness,
    "contrast": Contrast,
}

NONE = "none"
ONE = re.compile(r"\s*([a-z]+)\s*(?:\(([^()]*)\))?\s*", re.ASCII)


@dataclass(frozen=True, init=False, repr=False)
class Transforms:
    """What a picture must survive, in order; nothing without arguments.

    Placements in a row are one resampling. ``TRANSFORMS`` lists what there is.

    Example:
        >>> Transforms(Shift(1 / 16), Scale(1.1)) + Transforms(Noise(0.05))
        Transforms.parse('shift(1/16), scale(1.1), noise(0.05)')
    """

    parts: tuple[Transform, ...]

    def __init__(self, *parts: Transform) -> None:
        for part in parts:
            if not isinstance(part, Change | Placement):
                raise InputError(f"Expected transforms such as Shift(1 / 16). Received: {part!r}.")
        object.__setattr__(self, "parts", parts)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 'shift(1/16), scale(1.1), rotate(5)', or 'none'; ``str`` writes it again."""
        if text.strip() == NONE:
            return cls()
        return cls(*(_read(part, text) for part in text.split(",")))

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts)) or NONE

    def __repr__(self) -> str:
        return f"Transforms.parse({str(self)!r})"

    def __add__(self, other: "Transforms") -> "Transforms":
        """First these, then the others."""
        return Transforms(*self.parts, *other.parts)

    @property
    def plan(self) -> tuple[type[Transform], ...]:
        """What is applied, in order, whatever the amounts: a program serves all of one plan."""
        return tuple(
            type(group) if isinstance(group, Change) else Placement for group in self._groups()
        )

    def draw(
        self, chance: np.random.Generator, size: tuple[int, int], channels: int
    ) -> tuple[np.ndarray, ...]:
        """All chance of one picture at one step: an array for each entry of the plan.

        A placement's is (2, 3), from coordinates in what is seen to those in the picture.
        """
        drawn = []
        for group in self._groups():
            if isinstance(group, Change):
                drawn.append(group.draw(chance, size, channels))
            else:
                drawn.append(_composed([each.matrix(chance, size) for each in group]))
        return tuple(drawn)

    def draws(
        self, chances: Sequence[np.random.Generator], size: tuple[int, int], channels: int
    ) -> tuple[np.ndarray, ...]:
        """What is drawn for the pictures of a batch, stacked: as ``draw``, with (n, ...) first."""
        each = [self.draw(chance, size, channels) for chance in chances]
        return tuple(np.stack(drawn) for drawn in zip(*each, strict=True))

    def apply(self, pictures: Any, draws: Sequence[Any]) -> Any:
        """Change each picture of a batch as was drawn for it.

        Args:
            pictures: (n, height, width, channels).
            draws: an array (n, ...) for each entry of the plan, as ``draws`` makes them.

        Returns:
            (n, height, width, channels).
        """
        for kind, drawn in zip(self.plan, draws, strict=True):
            pictures = kind.apply(pictures, drawn)
        return pictures

    def _groups(self) -> Iterator[Change | list[Placement]]:
        """The changes one by one, and placements in a row together."""
        row: list[Placement] = []
        for part in self.parts:
            if isinstance(part, Placement):
                row.append(part)
                continue
            if row:
                yield row
                row = []
            if isinstance(part, Change):
                yield part
        if row:
            yield row


def _composed(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """The (2, 3) placement that is these (3, 3) ones in order.

    The last is what is looked through first, so it stands on the right.
    """
    return np.asarray(reduce(np.matmul, matrices)[:2], "float32")


def _read(part: str, text: str) -> Transform:
    """Read 'shift(1/16)'; the whole text is for the message."""
    found = ONE.fullmatch(part)
    if not found:
        raise InputError(
            f"Expected transforms such as 'shift(1/16), scale(1.1), rotate(5)', or '{NONE}'. "
            f"Received: {text!r}."
        )
    name, amount = found.groups()
    if name not in TRANSFORMS:
        raise unknown("transform", name, TRANSFORMS)
    kind = TRANSFORMS[name]
    if bool(amount) != bool(fields(kind)):
        raise InputError(f"Expected {kind.usage()}. Received: {part.strip()!r}.")
    return kind(*([numbers.read(amount.strip())] if amount else []))
