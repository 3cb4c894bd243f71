"""A canvas of pixels: the plain one, for comparison and for starting points."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope.canvas import color

FRESH = 0.1  # a faint grain, about two grey levels


@dataclass(frozen=True)
class Pixel:
    """Pixels in decorrelated colours; numbers are (n, height, width, channels)."""

    size: tuple[int, int]
    channels: int = 3

    pace = 2.0  # at one, pictures stay paler than on other canvases
    boosted = True
    backdrop_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's numbers."""
        return (*self.size, self.channels)

    def fresh(self, noise: np.ndarray) -> np.ndarray:
        """A faint grain."""
        return (FRESH * noise).astype("float32")

    def paint(self, numbers: Any, detail: Any = None) -> Any:
        """Numbers to pictures; pixels have no finer and coarser ones, so ``detail`` is ignored."""
        return color.to_picture(numbers)
