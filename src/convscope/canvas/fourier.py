"""A canvas of waves: each parameter is the strength of one wave across the picture.

Gradient ascent on pixels favours high frequencies. In a Fourier basis whose waves are scaled by
one over their frequency, as in natural pictures, the same ascent finds smooth, large forms
(Mordvintsev 2018, "Differentiable Image Parameterizations").

The basis is the real discrete Fourier transform, an orthogonal matrix, applied along rows and
columns as two matrix products. It is the same on every backend, exact for odd sizes, and
differentiable without a backend's own FFT.
"""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.canvas import color

FRESH = 0.01  # standard deviation of fresh numbers, as in Lucid
# The gain of the largest waves: twice Lucid's (there sqrt(2)/4 for waves of unit strength), so that
# a hundred steps reach what takes several hundred there.
GAIN = 0.7071
EDGE = 40.0  # how sharply ``detail`` cuts: 90 % to 10 % within 11 % of the finest frequency


@dataclass(frozen=True)
class Fourier:
    """Pictures as sums of waves, in decorrelated colours.

    The parameters are (n, height, width, channels), lowest frequencies first. Waves weaken with
    frequency to the power ``decay``. 1 gives the amplitudes of natural pictures; more gives calmer
    pictures and larger forms.
    """

    size: tuple[int, int]
    channels: int = 3
    decay: float = 1.0

    rate_scale = 1.0
    is_boosted = True
    background_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (*self.size, self.channels)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return faint waves of every frequency."""
        return (FRESH * noise).astype("float32")

    def field(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the sum of waves: (n, height, width, channels) in decorrelated colours, any range.

        ``detail`` removes waves above this share of the highest frequency.
        """
        rows, columns = (ops.convert_to_tensor(waves(side)) for side in self.size)
        scaled = numbers * ops.convert_to_tensor(self._strength())
        if detail is not None:
            scaled = scaled * passed(self._frequency(), max(self.size), detail)
        return ops.einsum("hk,nklc,wl->nhwc", rows, scaled, columns)

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters; ``detail`` as for ``field``."""
        return color.to_picture(self.field(numbers, detail))

    def _strength(self) -> np.ndarray:
        """Return the amplitude of each wave for a parameter of one: (height, width, 1)."""
        strength = GAIN / np.maximum(self._frequency(), 1.0) ** self.decay
        return strength[..., None].astype("float32")

    def _frequency(self) -> np.ndarray:
        """Return the frequency of each wave, in cycles along the longer side: (height, width)."""
        down, across = (frequencies(side) * max(self.size) / side for side in self.size)
        return np.hypot(down[:, None], across[None, :])


def passed(cycles: np.ndarray, side: int, detail: Tensor) -> Tensor:
    """Return the weight of each wave, 0 to 1: a soft low-pass filter at ``detail``.

    Args:
        cycles: (height, width), along the longer side.
        side: the longer side, whose finest wave has half as many cycles.
        detail: the finest to paint, as a share of the finest there is.

    Returns:
        (height, width, 1).
    """
    share = (cycles / (side / 2))[..., None].astype("float32")
    return ops.sigmoid(EDGE * (detail - ops.convert_to_tensor(share)))


def frequencies(side: int) -> np.ndarray:
    """Return the frequency of each column of ``waves``, in cycles a picture: 0, 1, 1, 2, 2, ..."""
    return (np.arange(side) + 1) // 2


def waves(side: int) -> np.ndarray:
    """Return the real Fourier basis: (side, side), a wave of mean square one in each column.

    Columns are orthogonal: ``waves(n).T @ waves(n) == n * identity``.
    """
    place = (np.arange(side)[:, None] + 0.5) / side
    angle = 2 * np.pi * frequencies(side) * place
    basis = np.sqrt(2) * np.where(np.arange(side) % 2, np.sin(angle), np.cos(angle))
    basis[:, 0] = 1.0
    if side % 2 == 0:
        basis[:, -1] /= np.sqrt(2)  # the finest wave of an even side is +1, -1, +1, ...
    return basis.astype("float32")
