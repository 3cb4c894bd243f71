"""Canvases turn free numbers into pictures: CANVASES is the table of them."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from convscope.canvas.fourier import Fourier
from convscope.canvas.photo import Photo
from convscope.canvas.pixel import Pixel


class Canvas(Protocol):
    """What a climb needs of a canvas; all canvases are frozen values of this shape.

    Numbers are float32 arrays (n, ...); pictures are (n, height, width, channels) in [0, 1].
    """

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what it paints."""

    @property
    def channels(self) -> int:
        """Channels of a picture."""

    def fresh(self, noise: np.ndarray) -> np.ndarray:
        """Numbers to start from, made of standard normal noise of ``noise_shape``."""

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's numbers."""

    def paint(self, numbers: Any, detail: Any = None) -> Any:
        """Numbers to pictures, with Keras operations only: differentiable on every backend.

        ``detail``, a share of the finest frequency, leaves out what is finer, where there is such.
        """

    def trace(self, pictures: np.ndarray) -> np.ndarray:
        """The numbers that paint given pictures, as nearly as the canvas can."""

    def grown(self, numbers: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Numbers for the same canvas at another size that paint the same pictures there."""

    def at(self, size: tuple[int, int]) -> "Canvas":
        """The same canvas at another size."""


CANVASES: dict[str, Callable[[tuple[int, int], int], Canvas]] = {
    "fourier": Fourier,
    "pixel": Pixel,
}

__all__ = ["CANVASES", "Canvas", "Fourier", "Photo", "Pixel"]
