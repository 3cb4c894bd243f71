"""A canvas that starts from a photo and stays near it."""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.brief import Brief
from convscope.canvas import color
from convscope.canvas.fourier import Fourier


@dataclass(frozen=True, eq=False)
class Photo(Brief):
    """A photo plus a bounded change, which is made of waves.

    The root mean square difference from the photo, over pixels and colours in [0, 1], never
    exceeds ``strength``; a larger change is scaled down to this size.

    Args:
        photo: (height, width, channels) in [0, 1].
        strength: the largest root mean square change; 0.1 leaves a photo well recognisable.
    """

    photo: np.ndarray
    strength: float = 0.1

    rate_scale = 1.0
    is_boosted = True
    background_shape = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the photo."""
        return self.photo.shape[0], self.photo.shape[1]

    @property
    def channels(self) -> int:
        """Channels of the photo."""
        return int(self.photo.shape[2])

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return self.photo.shape

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return zeros: the ascent starts at the photo itself."""
        return np.zeros(noise.shape, "float32")

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the changed photo; ``detail`` limits the frequency of the change."""
        photo = ops.convert_to_tensor(self.photo.astype("float32"))
        start = ops.convert_to_tensor(color.from_picture(self.photo[None]))
        change = Fourier(self.size, self.channels).field(numbers, detail)
        wished = color.to_picture(start + change)
        change = wished - color.to_picture(start)
        largest = ops.sqrt(ops.mean(ops.square(change), axis=(1, 2, 3), keepdims=True) + 1e-12)
        faded = change * ops.minimum(1.0, self.strength / largest)
        return ops.clip(photo + faded, 0.0, 1.0)
