"""Gaussian blur, exact on a grid, as products with cosine waves."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from convscope.backend import Tensor, ops
from convscope.transforms.transform import PixelTransform


@dataclass(frozen=True)
class Blur(PixelTransform):
    """Blur by a Gaussian of up to this standard deviation in pixels, mirrored at the edges.

    It is the discrete Gaussian of Lindeberg (1990), a diffusion of the values over the grid. The
    mean stays, no value leaves the range of its neighbours, and variances add exactly.
    """

    sigma: float
    limits: ClassVar = (0.0, 100.0)

    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """Return the Gaussian's standard deviation in pixels: ()."""
        return np.array(chance.uniform(0, self.sigma), "float32")

    @staticmethod
    def apply(pictures: Tensor, drawn: Tensor) -> Tensor:
        """Return the pictures with each wave weakened, along rows and columns."""
        _, height, width, _ = pictures.shape
        down, across = (_kernels(side, drawn) for side in (height, width))
        pictures = ops.einsum("nij,njwc->niwc", down, pictures)
        return ops.einsum("nij,nhjc->nhic", across, pictures)


def _kernels(side: int, sigmas: Tensor) -> Tensor:
    """Return a matrix for each picture that blurs along a side: (n, side, side)."""
    waves, fading = map(ops.convert_to_tensor, waves_of(side))
    gains = ops.exp(-ops.square(sigmas)[:, None] * fading)
    return ops.matmul(ops.transpose(waves) * gains[:, None], waves)


@lru_cache(maxsize=16)
def waves_of(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosine waves for mirrored edges, orthonormal rows (side, side), and their fading.

    The fading is (side,): a wave is multiplied by exp(-sigma^2 fading).
    """
    frequency = np.pi * np.arange(side) / side
    waves = np.cos(frequency[:, None] * (np.arange(side) + 0.5)) * np.sqrt(2 / side)
    waves[0] = 1 / np.sqrt(side)
    return waves.astype("float32"), (1 - np.cos(frequency)).astype("float32")
