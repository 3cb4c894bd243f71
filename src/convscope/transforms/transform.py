"""The base of all transforms, and the two kinds of them: geometric and of pixel values."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from convscope.backend import Tensor
from convscope.errors import InputError
from convscope.transforms import numbers, resampling


@dataclass(frozen=True)
class Transform(ABC):
    """One kind of random change of a picture, with its largest amount.

    It has one number, within ``limits``, or none. Its name is that of its class, in lower case.
    """

    # Wide enough for any use; beyond them pictures are constant, or their numbers infinite.
    limits: ClassVar[tuple[float, float]]

    def __post_init__(self) -> None:
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), self.limits
            if not (isinstance(value, int | float) and low <= value <= high):
                room = f"from {numbers.written(low)} to {numbers.written(high)}"
                raise InputError.expected(f"{self.usage()} {room}", repr(value))

    @classmethod
    def usage(cls) -> str:
        """Return how it is written, such as 'shift(share)'."""
        names = ", ".join(field.name for field in fields(cls))
        return f"{cls.__name__.lower()}({names})" if names else cls.__name__.lower()

    def __str__(self) -> str:
        """Return its text for ``Transforms.parse``, such as 'shift(1/16)'."""
        name = type(self).__name__.lower()
        amounts = [numbers.written(getattr(self, field.name)) for field in fields(self)]
        return f"{name}({', '.join(amounts)})" if amounts else name

    @staticmethod
    @abstractmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return pictures, (n, height, width, channels), each changed by its part of ``drawn``."""


@dataclass(frozen=True)
class SpatialTransform(Transform):
    """A geometric transform. Consecutive ones are multiplied and applied as one resampling."""

    @abstractmethod
    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return one random (3, 3) matrix, from coordinates in the result to those in the picture.

        Coordinates are (down, across, 1) from the centre, in units of half the longer side.
        """

    @staticmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return each picture resampled through its own (2, 3) matrix."""
        return resampling.warp(pictures, drawn)


@dataclass(frozen=True)
class PixelTransform(Transform):
    """A transform of the pixel values."""

    @abstractmethod
    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """Return the random numbers for one picture: float32, always of the same shape."""
