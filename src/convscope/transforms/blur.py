"""Gaussian blur, exact on a grid, as products with cosine waves."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from convscope.transforms.transform import Change


@dataclass(frozen=True)
class Blur(Change):
    """Blur by a Gaussian of up to so many pixels, mirrored at the edges.

    It is the discrete Gaussian of Lindeberg (1990), which diffuses the values over the grid: the
    mean stays, no value leaves the range of its neighbours, and variances add exactly.
    """

    sigma: float
    limits: ClassVar = (0.0, 100.0)

    def draw(self, chance: np.random.Generator, size: tuple[int, int], channels: int) -> np.ndarray:
        """The Gaussian's standard deviation in pixels: ()."""
        return np.array(chance.uniform(0, self.sigma), "float32")

    @staticmethod
    def apply(pictures: Any, drawn: Any) -> Any:
        """Weaken each wave of each picture, along the rows and the columns."""
        from keras import ops

        _, height, width, _ = pictures.shape
        down, across = (_kernels(side, drawn) for side in (height, width))
        pictures = ops.einsum("nij,njwc->niwc", down, pictures)
        return ops.einsum("nij,nhjc->nhic", across, pictures)


def _kernels(side: int, sigmas: Any) -> Any:
    """One matrix a picture that blurs along a side: (n, side, side)."""
    from keras import ops

    waves, fading = map(ops.convert_to_tensor, waves_of(side))
    gains = ops.exp(-ops.square(sigmas)[:, None] * fading)
    return ops.matmul(ops.transpose(waves) * gains[:, None], waves)


@lru_cache(maxsize=16)
def waves_of(side: int) -> tuple[np.ndarray, np.ndarray]:
    """The cosine waves that mirrored edges allow, orthonormal rows: (side, side).

    And how fast each fades, in exp(-sigma^2 fading): (side,).
    """
    frequency = np.pi * np.arange(side) / side
    waves = np.cos(frequency[:, None] * (np.arange(side) + 0.5)) * np.sqrt(2 / side)
    waves[0] = 1 / np.sqrt(side)
    return waves.astype("float32"), (1 - np.cos(frequency)).astype("float32")
