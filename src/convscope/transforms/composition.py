"""``Transforms``: several random transforms, applied one after the other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Self

import numpy as np

from convscope.backend import Tensor
from convscope.errors import InputError, refuse_unknown
from convscope.transforms import numbers
from convscope.transforms.blur import Blur
from convscope.transforms.placements import Crop, Flip, Rotate, Scale, Shift
from convscope.transforms.transform import PixelTransform, SpatialTransform, Transform
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
    """Random changes of a picture at every step of an ascent, in order; none without arguments.

    A picture that still excites its unit after small shifts and rotations has fewer artefacts
    (Olah 2017, "Feature Visualization"). Geometric transforms in a row are one resampling.
    ``TRANSFORMS`` lists all transforms.

    Args:
        *parts: transforms, such as ``Shift(1 / 16)``.

    Raises:
        InputError: a part is not a transform.

    Example:
        >>> Transforms(Shift(1 / 16), Scale(1.1)) + Transforms(Noise(0.05))
        Transforms.parse('shift(1/16), scale(1.1), noise(0.05)')
    """

    parts: tuple[Transform, ...]

    def __init__(self, *parts: Transform) -> None:
        for part in parts:
            if not isinstance(part, PixelTransform | SpatialTransform):
                raise InputError.expected("transforms such as Shift(1 / 16)", repr(part))
        object.__setattr__(self, "parts", parts)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the transforms that a text describes; the inverse of ``str``.

        Args:
            text: such as 'shift(1/16), scale(1.1), rotate(5)', or 'none'.

        Raises:
            InputError: the text does not have this form.
            UnknownName: no transform has this name.

        Example:
            >>> Transforms.parse("shift(1/16), rotate(5)").parts
            (Shift(share=0.0625), Rotate(degrees=5.0))
        """
        if text.strip() == NONE:
            return cls()
        return cls(*(_read(part, text) for part in text.split(",")))

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts)) or NONE

    def __repr__(self) -> str:
        return f"Transforms.parse({str(self)!r})"

    def __add__(self, other: "Transforms") -> "Transforms":
        """Return these transforms followed by the others."""
        return Transforms(*self.parts, *other.parts)

    @property
    def plan(self) -> tuple[type[Transform], ...]:
        """The kinds of transforms in order; one compiled program serves all with equal plans."""
        return tuple(
            type(group) if isinstance(group, PixelTransform) else SpatialTransform
            for group in self._groups()
        )

    def draw(
        self, chance: np.random.Generator, size: tuple[int, int], channels: int
    ) -> tuple[np.ndarray, ...]:
        """Return the random numbers of one picture and step: an array for each entry of the plan.

        The array of a geometric transform is (2, 3): the affine map from coordinates in the result
        to coordinates in the picture.

        Args:
            chance: the random generator.
            size: (height, width) of the picture.
            channels: of the picture.
        """
        drawn = []
        for group in self._groups():
            if isinstance(group, PixelTransform):
                drawn.append(group.draw(chance, size, channels))
            else:
                drawn.append(_composed([each.matrix(chance, size) for each in group]))
        return tuple(drawn)

    def draws(
        self, chances: Sequence[np.random.Generator], size: tuple[int, int], channels: int
    ) -> tuple[np.ndarray, ...]:
        """Return the random numbers of a batch: as ``draw``, stacked to (n, ...).

        Args:
            chances: a random generator for each picture.
            size: (height, width) of the pictures.
            channels: of the pictures.
        """
        each = [self.draw(chance, size, channels) for chance in chances]
        return tuple(np.stack(drawn) for drawn in zip(*each, strict=True))

    def apply(self, pictures: Tensor, draws: Sequence[Tensor]) -> Tensor:
        """Return the pictures of a batch, each transformed by its own random numbers.

        Args:
            pictures: (n, height, width, channels).
            draws: an array (n, ...) for each entry of the plan, as ``draws`` makes them.

        Returns:
            (n, height, width, channels).
        """
        for kind, drawn in zip(self.plan, draws, strict=True):
            pictures = kind.apply(pictures, drawn)
        return pictures

    def _groups(self) -> Iterator[PixelTransform | list[SpatialTransform]]:
        """Yield the pixel changes one by one, and consecutive geometric transforms together."""
        row: list[SpatialTransform] = []
        for part in self.parts:
            if isinstance(part, SpatialTransform):
                row.append(part)
                continue
            if row:
                yield row
                row = []
            if isinstance(part, PixelTransform):
                yield part
        if row:
            yield row


def _composed(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """Return the (2, 3) placement that is the product of these (3, 3) ones.

    The matrices map result to picture, so the last one is applied first and is on the right.
    """
    return np.asarray(reduce(np.matmul, matrices)[:2], "float32")


def _read(part: str, text: str) -> Transform:
    """Return the transform in 'shift(1/16)'; the whole text is for the error message."""
    found = ONE.fullmatch(part)
    if not found:
        raise InputError.expected(
            f"transforms such as 'shift(1/16), scale(1.1), rotate(5)', or '{NONE}'", repr(text)
        )
    name, amount = found.groups()
    refuse_unknown("transform", [name], TRANSFORMS)
    kind = TRANSFORMS[name]
    if bool(amount) != bool(fields(kind)):
        raise InputError.expected(kind.usage(), repr(part.strip()))
    return kind(*([numbers.read(amount.strip())] if amount else []))
