"""Transforms of the pixel values."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from convscope.backend import Tensor, ops
from convscope.transforms.transform import PixelTransform


@dataclass(frozen=True)
class Noise(PixelTransform):
    """Add normal noise of this standard deviation."""

    sd: float
    limits: ClassVar = (0.0, 1.0)

    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """Return the noise: (height, width, channels)."""
        # Half the time of float64; NumPy draws both alike on every machine.
        return chance.standard_normal((*size, channels), "float32") * np.float32(self.sd)

    @staticmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return the pictures plus the noise."""
        return pictures + drawn


@dataclass(frozen=True)
class Brightness(PixelTransform):
    """Make the whole picture brighter or darker by up to this much, in values of [0, 1]."""

    amount: float
    limits: ClassVar = (0.0, 1.0)

    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """Return the amount to add: ()."""
        return np.array(chance.uniform(-1, 1) * self.amount, "float32")

    @staticmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return the pictures plus the amount."""
        return pictures + drawn[:, None, None, None]


@dataclass(frozen=True)
class Contrast(PixelTransform):
    """Multiply the contrast by up to this factor, or divide it by as much."""

    factor: float
    limits: ClassVar = (1.0, 10.0)

    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """Return the factor: ()."""
        return np.array(self.factor ** chance.uniform(-1, 1), "float32")

    @staticmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return the pictures, scaled about the mean of all their values."""
        mean = ops.mean(pictures, axis=(1, 2, 3), keepdims=True)
        return mean + (pictures - mean) * drawn[:, None, None, None]
