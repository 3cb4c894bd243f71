"""Geometric transforms: each draws an affine matrix."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from convscope.transforms.transform import SpatialTransform


@dataclass(frozen=True)
class Shift(SpatialTransform):
    """Shift down and across by up to this share of the longer side."""

    share: float
    limits: ClassVar = (0.0, 1.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return a shift that is uniform in a square."""
        down, across = chance.uniform(-1, 1, size=2)
        return _moved(2 * self.share * down, 2 * self.share * across)


@dataclass(frozen=True)
class Scale(SpatialTransform):
    """Scale by up to this factor: 1.1 draws from 1/1.1 to 1.1, uniform in the logarithm."""

    factor: float
    limits: ClassVar = (1.0, 10.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return a scaling about the centre."""
        factor = self.factor ** chance.uniform(-1, 1)
        return np.diag([factor, factor, 1.0])


@dataclass(frozen=True)
class Rotate(SpatialTransform):
    """Rotate either way by up to this angle in degrees."""

    degrees: float
    limits: ClassVar = (0.0, 180.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return a rotation about the centre."""
        angle = math.radians(self.degrees) * chance.uniform(-1, 1)
        cosine, sine = math.cos(angle), math.sin(angle)
        return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Flip(SpatialTransform):
    """Mirror left and right, with probability one half."""

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return the mirroring, or the identity."""
        return np.diag([1.0, math.copysign(1.0, chance.uniform(-1, 1)), 1.0])


@dataclass(frozen=True)
class Crop(SpatialTransform):
    """Enlarge a random window; its side is uniform from this share to the whole side.

    These are the crops of MACO (Fel et al. 2023, https://arxiv.org/abs/2306.06805).
    """

    share: float
    limits: ClassVar = (0.01, 1.0)

    def matrix(self, chance: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Return a scaling and a shift that keep the window inside the picture."""
        side = chance.uniform(self.share, 1)
        room = (1 - side) * np.array(size) / max(size)
        down, across = room * chance.uniform(-1, 1, size=2)
        return _moved(down, across) @ np.diag([side, side, 1.0])


def _moved(down: float, across: float) -> np.ndarray:
    return np.array([[1.0, 0.0, down], [0.0, 1.0, across], [0.0, 0.0, 1.0]])
