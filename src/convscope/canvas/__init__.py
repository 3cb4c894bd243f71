"""Canvases turn free numbers into pictures: CANVASES is the table of them."""

from collections.abc import Callable
from typing import Any, Protocol, TypeGuard

import numpy as np

from convscope.canvas.cppn import Cppn
from convscope.canvas.fourier import Fourier
from convscope.canvas.maco import Maco
from convscope.canvas.photo import Photo
from convscope.canvas.pixel import Pixel
from convscope.canvas.transparent import Transparent


class Canvas(Protocol):
    """What a climb needs of a canvas; all canvases are frozen values of this shape.

    Numbers are float32 arrays (n, ...); pictures are (n, height, width, channels) in [0, 1].
    """

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what it paints."""

    @property
    def channels(self) -> int:
        """Channels of a picture; one more than a network sees if the last is its opacity."""

    @property
    def pace(self) -> float:
        """What a recipe's rate is multiplied by, so that one rate suits every canvas."""

    @property
    def boosted(self) -> bool:
        """Whether units that see little climb faster here: their waves, or pixels, are faint."""

    @property
    def backdrop_shape(self) -> tuple[int, ...] | None:
        """The shape of one backdrop's numbers, uniform in [0, 1]; None if all is opaque."""

    def fresh(self, noise: np.ndarray) -> np.ndarray:
        """Numbers to start from, made of standard normal noise of ``noise_shape``."""

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's numbers."""

    def paint(self, numbers: Any, detail: Any = None) -> Any:
        """Numbers to pictures, with Keras operations only: differentiable on every backend.

        ``detail``, a share of the finest frequency, leaves out what is finer, where there is such.
        """


class Backed(Canvas, Protocol):
    """A canvas whose pictures are partly transparent: their last channel is opacity."""

    def seen(self, pictures: Any, backdrop: Any) -> Any:
        """What the network sees: pictures over backdrops made of (n, *backdrop_shape) numbers."""


def backed(canvas: Canvas) -> TypeGuard[Backed]:
    """Whether the network sees a canvas's pictures over a backdrop."""
    return canvas.backdrop_shape is not None


CANVASES: dict[str, Callable[[tuple[int, int], int], Canvas]] = {
    "fourier": Fourier,
    "pixel": Pixel,
    "maco": Maco,
    "cppn": Cppn,
    "transparent": Transparent,
}

__all__ = [
    "CANVASES",
    "Backed",
    "Canvas",
    "Cppn",
    "Fourier",
    "Maco",
    "Photo",
    "Pixel",
    "Transparent",
    "backed",
]
