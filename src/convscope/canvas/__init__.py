"""Canvases, or image parameterizations: maps from free parameters to pictures. See CANVASES.

Another package adds a canvas, a function of size and channels, by an entry point of the group
``convscope.canvases``.
"""

from collections.abc import Callable
from typing import Protocol, TypeGuard

import numpy as np

from convscope.backend import Tensor
from convscope.canvas.cppn import Cppn as Cppn
from convscope.canvas.fourier import Fourier as Fourier
from convscope.canvas.maco import Maco as Maco
from convscope.canvas.photo import Photo as Photo
from convscope.canvas.pixel import Pixel as Pixel
from convscope.canvas.transparent import Transparent as Transparent
from convscope.plugins import Table


class Canvas(Protocol):
    """The protocol of all canvases, which are frozen values.

    The parameters ("numbers") are float32 arrays (n, ...). Pictures are (n, height, width,
    channels) in [0, 1].
    """

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures."""

    @property
    def channels(self) -> int:
        """Channels of a picture, one more than the network takes if the last is opacity."""

    @property
    def rate_scale(self) -> float:
        """The factor on a recipe's rate, so that one rate suits every canvas."""

    @property
    def is_boosted(self) -> bool:
        """Whether units with a small receptive field get a higher rate."""

    @property
    def background_shape(self) -> tuple[int, ...] | None:
        """The shape of one backdrop's numbers, uniform in [0, 1]; None if pictures are opaque."""

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return initial parameters from standard normal noise of ``noise_shape``."""

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters. Only Keras operations, so it is differentiable.

        ``detail``, a share of the highest frequency, removes higher frequencies, if there are any.
        """


class CanvasWithOpacity(Canvas, Protocol):
    """A canvas whose pictures are partly transparent: their last channel is opacity."""

    def seen(self, pictures: Tensor, backdrop: Tensor) -> Tensor:
        """Return pictures over backdrops that are made of (n, *background_shape) numbers."""


def has_opacity(canvas: Canvas) -> TypeGuard[CanvasWithOpacity]:
    """Return whether the pictures of a canvas are laid over a backdrop."""
    return canvas.background_shape is not None


MakesCanvas = Callable[[tuple[int, int], int], Canvas]

_OWN: dict[str, MakesCanvas] = {
    "fourier": Fourier,
    "pixel": Pixel,
    "maco": Maco,
    "cppn": Cppn,
    "transparent": Transparent,
}

CANVASES = Table("convscope.canvases", _OWN, callable, "a function of (height, width) and channels")
