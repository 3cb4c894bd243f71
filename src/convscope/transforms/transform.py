"""What every transform is: a frozen value with an amount, and the two kinds there are."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from convscope.errors import InputError
from convscope.transforms import numbers, resampling


@dataclass(frozen=True)
class Transform(ABC):
    """One way to change a picture, and how much at most.

    It has one number, within ``limits``, or none. Its name is its class's, in small letters.
    """

    # Wide enough for any use; beyond them pictures are constant, or their numbers infinite.
    limits: ClassVar[tuple[float, float]]

    def __post_init__(self) -> None:
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), self.limits
            if not (isinstance(value, int | float) and low <= value <= high):
                room = f"from {numbers.written(low)} to {numbers.written(high)}"
                raise InputError(f"Expected {self.usage()} {room}. Received: {value!r}.")

    @classmethod
    def usage(cls) -> str:
        """How it is written, such as 'shift(share)'."""
        names = ", ".join(field.name for field in fields(cls))
        return f"{cls.__name__.lower()}({names})" if names else cls.__name__.lower()

    def __str__(self) -> str:
        """As ``Transforms.parse`` reads it, such as 'shift(1/16)'."""
        name = type(self).__name__.lower()
        amounts = [numbers.written(getattr(self, field.name)) for field in fields(self)]
        return f"{name}({', '.join(amounts)})" if amounts else name

    @staticmethod
    @abstractmethod
    def apply(pictures: Any, drawn: Any) -> Any:
        """Change pictures, (n, height, width, channels), each as its part of ``drawn`` says."""


@dataclass(frozen=True)
class Placement(Transform):
    """Where the picture is looked at. Placements in a row are multiplied and applied as one."""

    @abstractmethod
    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """One random placement: (3, 3), from coordinates in what is seen to those in the picture.

        Coordinates are (down, across, 1) from the middle, in half the longer side.
        """

    @staticmethod
    def apply(pictures: Any, drawn: Any) -> Any:
        """Look at each picture through its own (2, 3) matrix."""
        return resampling.look(pictures, drawn)


@dataclass(frozen=True)
class Change(Transform):
    """What happens to the values of the pixels."""

    @abstractmethod
    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """All chance of one picture, float32, of a shape that is always the same."""
