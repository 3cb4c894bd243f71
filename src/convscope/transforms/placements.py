"""Transforms of place: each draws one matrix."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from convscope.transforms.transform import Placement


@dataclass(frozen=True)
class Shift(Placement):
    """Move down and across by up to this share of the longer side."""

    share: float
    limits: ClassVar = (0.0, 1.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """A move that is uniform in a square."""
        down, across = chance.uniform(-1, 1, size=2)
        return _moved(2 * self.share * down, 2 * self.share * across)


@dataclass(frozen=True)
class Scale(Placement):
    """Zoom in or out by up to this factor: 1.1 draws from 1/1.1 to 1.1, evenly in its logarithm."""

    factor: float
    limits: ClassVar = (1.0, 10.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """A zoom about the middle."""
        factor = self.factor ** chance.uniform(-1, 1)
        return np.diag([factor, factor, 1.0])


@dataclass(frozen=True)
class Rotate(Placement):
    """Turn either way by up to so many degrees."""

    degrees: float
    limits: ClassVar = (0.0, 180.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """A turn about the middle."""
        angle = math.radians(self.degrees) * chance.uniform(-1, 1)
        cosine, sine = math.cos(angle), math.sin(angle)
        return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Flip(Placement):
    """Mirror left and right, every other time."""

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """The mirror, or nothing."""
        return np.diag([1.0, math.copysign(1.0, chance.uniform(-1, 1)), 1.0])


@dataclass(frozen=True)
class Crop(Placement):
    """Look at a window inside the picture, its side from this share to all, at full size.

    The crops of MACO (Fel et al. 2023, https://arxiv.org/abs/2306.06805), evenly drawn.
    """

    share: float
    limits: ClassVar = (0.01, 1.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """A zoom, and a move that leaves the window inside."""
        side = chance.uniform(self.share, 1)
        room = (1 - side) * np.array(size) / max(size)
        down, across = room * chance.uniform(-1, 1, size=2)
        return _moved(down, across) @ np.diag([side, side, 1.0])


def _moved(down: float, across: float) -> np.ndarray:
    return np.array([[1.0, 0.0, down], [0.0, 1.0, across], [0.0, 0.0, 1.0]])
