"""A canvas without colours."""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor


@dataclass(frozen=True)
class Gray:
    """Gray pixels; the parameters are (n, height, width, 1).

    Args:
        size: height and width of the pictures.
        channels: of a picture; all of them are the same.
    """

    size: tuple[int, int]
    channels: int = 3

    rate_scale = 2.0
    is_boosted = True
    background_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (*self.size, 1)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return faint noise."""
        return (0.1 * noise).astype("float32")

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters; ``detail`` is ignored."""
        from keras import ops

        return ops.repeat(ops.sigmoid(numbers), self.channels, axis=-1)
