"""A canvas with transparency: colours and opacity, so that a unit shows only what it needs.

The method is that of Mordvintsev 2018, "Differentiable Image Parameterizations". Behind the
transparent parts the network sees another backdrop at every step, so only opaque parts
contribute reliably.
"""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.canvas import color
from convscope.canvas.fourier import FRESH, Fourier

# The number of patches of a backdrop, down and across. With 4, a faint veil over the whole picture
# still raises the score; with 10, opacity is concentrated in few places.
PATCHES = 10
# How sharply opacity changes from none to all, compared with colours: it should be mostly either.
SHARP = 4.0


@dataclass(frozen=True)
class Transparent:
    """Colours made of waves, and a plane of opacity made of lower frequencies.

    The parameters are (n, height, width, colours + 1), lowest frequencies first and opacity last;
    so are the channels of the pictures. The mean opacity never exceeds ``cover``; larger values are
    scaled down, so that opacity in one place is missing in another.
    """

    size: tuple[int, int]
    colors: int = 3
    cover: float = 0.45
    calm: float = 2.0  # how fast the opacity's waves weaken with frequency: few, large forms

    rate_scale = 1.0
    is_boosted = True

    @property
    def channels(self) -> int:
        """The colours and the opacity."""
        return self.colors + 1

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (*self.size, self.channels)

    @property
    def background_shape(self) -> tuple[int, ...]:
        """The shape of one backdrop's random numbers, uniform in [0, 1]."""
        return (PATCHES, PATCHES, self.colors)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return faint waves of every frequency, with the same opacity everywhere."""
        return (FRESH * noise).astype("float32")

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters; ``detail`` as for ``Fourier``."""
        ink, veil = self._waves()
        colors = color.to_picture(ink.field(numbers[..., : self.colors], detail))
        opacity = color.to_picture(SHARP * veil.field(numbers[..., self.colors :], detail))
        mean = ops.mean(opacity, axis=(1, 2, 3), keepdims=True)
        opacity = opacity * ops.minimum(1.0, self.cover / mean)
        return ops.concatenate([colors, opacity], axis=-1)

    def seen(self, pictures: Tensor, backdrop: Tensor) -> Tensor:
        """Return the network's input: pictures over backdrops, (n, height, width, colours).

        Args:
            pictures: (n, height, width, colours + 1), opacity last.
            backdrop: (n, *background_shape), stretched smoothly over each picture.
        """
        pictures, backdrop = ops.convert_to_tensor(pictures), ops.convert_to_tensor(backdrop)
        rows, columns = (ops.convert_to_tensor(_spread(side)) for side in self.size)
        behind = ops.einsum("hk,nklc,wl->nhwc", rows, backdrop, columns)
        opacity = pictures[..., self.colors :]
        return pictures[..., : self.colors] * opacity + behind * (1 - opacity)

    def _waves(self) -> tuple[Fourier, Fourier]:
        """Return the canvases of the colours and of the opacity."""
        return Fourier(self.size, self.colors), Fourier(self.size, 1, self.calm)


def _spread(side: int) -> np.ndarray:
    """Return weights that interpolate ``PATCHES`` numbers smoothly over a side: (side, PATCHES)."""
    place = (np.arange(side) + 0.5) / side * (PATCHES - 1)
    near = np.clip(1 - np.abs(place[:, None] - np.arange(PATCHES)), 0, 1)
    return (near * near * (3 - 2 * near)).astype("float32")  # still adds up to one
