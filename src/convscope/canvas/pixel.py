"""A canvas of pixels, the plain one, for comparison."""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor
from convscope.canvas import color

FRESH = 0.1  # faint noise, about two gray levels


@dataclass(frozen=True)
class Pixel:
    """Pixels in decorrelated colours; the parameters are (n, height, width, channels)."""

    size: tuple[int, int]
    channels: int = 3

    rate_scale = 2.0  # at one, pictures stay paler than on other canvases
    is_boosted = True
    background_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (*self.size, self.channels)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return faint noise."""
        return (FRESH * noise).astype("float32")

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters; ``detail`` is ignored."""
        return color.to_picture(numbers)
