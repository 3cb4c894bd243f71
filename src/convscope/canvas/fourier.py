"""A canvas of waves: each free number is the strength of one wave across the picture.

Gradient ascent on pixels is drawn to high frequencies. In a Fourier basis whose waves are scaled
by one over their frequency, as they are in natural pictures, the same ascent finds smooth, large
forms (Mordvintsev 2018, "Differentiable Image Parameterizations").

The basis is the real discrete Fourier transform, an orthogonal matrix, applied along rows and
columns as two matrix products: the same on every backend, exact for odd sizes, differentiable
without a backend's own FFT, and a larger picture is the same numbers with zeros appended.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope.canvas import color

FRESH = 0.01  # standard deviation of fresh numbers, as in Lucid
# How strongly a number moves the largest waves: twice Lucid's (there sqrt(2)/4 for waves of unit
# strength), so that a hundred steps reach what there takes several hundred.
GAIN = 0.7071
EDGE = 40.0  # how sharply ``detail`` cuts: 90 % to 10 % within 11 % of the finest frequency


@dataclass(frozen=True)
class Fourier:
    """Pictures as sums of waves, in decorrelated colours.

    Numbers are (n, height, width, channels), lowest frequencies first. Waves weaken with
    frequency to the power ``decay``: 1 as the amplitudes of natural pictures do, more for calmer
    pictures and larger forms.
    """

    size: tuple[int, int]
    channels: int = 3
    decay: float = 1.0

    pace = 1.0
    boosted = True
    backdrop_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's numbers."""
        return (*self.size, self.channels)

    def fresh(self, noise: np.ndarray) -> np.ndarray:
        """Faint waves of every frequency."""
        return (FRESH * noise).astype("float32")

    def field(self, numbers: Any, detail: Any = None) -> Any:
        """Add the waves up: (n, height, width, channels) in decorrelated colours, any range.

        ``detail`` leaves out what is finer than this share of the finest frequency.
        """
        from keras import ops

        rows, columns = (ops.convert_to_tensor(waves(side)) for side in self.size)
        scaled = numbers * ops.convert_to_tensor(self._strength())
        if detail is not None:
            scaled = scaled * passed(self._frequency(), max(self.size), detail)
        return ops.einsum("hk,nklc,wl->nhwc", rows, scaled, columns)

    def paint(self, numbers: Any, detail: Any = None) -> Any:
        """Numbers to pictures; ``detail`` as for ``field``."""
        return color.to_picture(self.field(numbers, detail))

    def _strength(self) -> np.ndarray:
        """How strongly a number of one moves its wave: (height, width, 1)."""
        strength = GAIN / np.maximum(self._frequency(), 1.0) ** self.decay
        return strength[..., None].astype("float32")

    def _frequency(self) -> np.ndarray:
        """Cycles along the longer side, whichever way a wave runs: (height, width)."""
        down, across = (frequencies(side) * max(self.size) / side for side in self.size)
        return np.hypot(down[:, None], across[None, :])


def passed(cycles: np.ndarray, side: int, detail: Any) -> Any:
    """How much of each wave is painted, 0 to 1: what is coarser than ``detail``, softly cut.

    Args:
        cycles: (height, width), along the longer side.
        side: the longer side, whose finest wave has half as many cycles.
        detail: the finest to paint, as a share of the finest there is.

    Returns:
        (height, width, 1).
    """
    from keras import ops

    share = (cycles / (side / 2))[..., None].astype("float32")
    return ops.sigmoid(EDGE * (detail - ops.convert_to_tensor(share)))


def frequencies(side: int) -> np.ndarray:
    """The frequency of each wave of ``waves``, in cycles a picture: 0, 1, 1, 2, 2, ..."""
    return (np.arange(side) + 1) // 2


def waves(side: int) -> np.ndarray:
    """The real Fourier basis: (side, side), column k one wave of mean square one.

    Columns are orthogonal: ``waves(n).T @ waves(n) == n * identity``.
    """
    place = (np.arange(side)[:, None] + 0.5) / side
    angle = 2 * np.pi * frequencies(side) * place
    basis = np.sqrt(2) * np.where(np.arange(side) % 2, np.sin(angle), np.cos(angle))
    basis[:, 0] = 1.0
    if side % 2 == 0:
        basis[:, -1] /= np.sqrt(2)  # the finest wave of an even side is +1, -1, +1, ...
    return basis.astype("float32")
