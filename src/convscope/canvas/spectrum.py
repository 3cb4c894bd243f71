"""The magnitudes of waves in natural pictures, which the MACO canvas keeps fixed.

They were measured by ``python -m training.spectrum`` from 10,000 photographs, in the decorrelated
colours of ``color`` and before its sigmoid, so that a picture with these magnitudes has natural
contrast.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from convscope.brief import Brief
from convscope.canvas import color

FILE = Path(__file__).with_name("spectrum.npz")


@dataclass(frozen=True, eq=False)
class Spectrum(Brief):
    """Mean magnitudes of natural pictures.

    Args:
        magnitude: (known + 1, known + 1, 3): of the wave with so many cycles down and across, in
            decorrelated colours; a wave and its mirror image count alike.
        decline: (3,): beyond the known waves, magnitudes fall with frequency to this power.
    """

    magnitude: np.ndarray
    decline: np.ndarray

    def at(self, down: np.ndarray, across: np.ndarray, channels: int) -> np.ndarray:
        """Return the magnitudes of waves: (height, width, channels).

        Args:
            down: (height,), cycles along the longer side; any sign, any fraction.
            across: (width,), the same.
            channels: 3 for colour; any other number are alike, each with natural brightness.
        """
        rows, columns = np.abs(down)[:, None], np.abs(across)[None, :]
        known = len(self.magnitude) - 1
        beyond = np.maximum(np.maximum(rows, columns) / known, 1.0)
        near = self._between(rows / beyond, columns / beyond)
        found = near / beyond[..., None] ** self.decline
        if channels != 3:
            # Brightness is spread over three channels; here each has it to itself.
            share = np.sqrt(np.mean(color.TO_RGB[:, 0] ** 2))
            found = np.repeat(found[..., :1] * share, channels, axis=-1)
        return np.asarray(found, "float32")

    def _between(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return interpolated values: bilinear in magnitude times frequency."""
        last = len(self.magnitude) - 1
        whole = np.arange(last + 1)
        flat = self.magnitude * _cycles(whole[:, None], whole[None, :])
        top = np.minimum(np.floor(rows).astype(int), last - 1)
        left = np.minimum(np.floor(columns).astype(int), last - 1)
        below, right = (rows - top)[..., None], (columns - left)[..., None]
        upper = flat[top, left] * (1 - right) + flat[top, left + 1] * right
        lower = flat[top + 1, left] * (1 - right) + flat[top + 1, left + 1] * right
        return (upper * (1 - below) + lower * below) / _cycles(rows, columns)


@cache
def natural() -> Spectrum:
    """Return the spectrum that comes with the package."""
    with np.load(FILE) as arrays:
        return Spectrum(arrays["magnitude"], arrays["decline"])


def _cycles(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the frequency of each wave, at least 1: (height, width, 1)."""
    return np.maximum(np.hypot(rows, columns), 1.0)[..., None]
