"""A canvas of phases: all waves have the magnitudes of natural pictures, and only phases vary.

This is the method of Fel 2023, "Unlocking Feature Visualization for Deeper Networks with MAgnitude
Constrained Optimization" (arXiv 2306.06805). With the magnitudes of natural pictures, an ascent
cannot drift into high frequencies, on networks of any depth and without a penalty.

Each parameter is the phase of one wave. Waves are sums of cosines and sines, applied along rows and
columns as real matrix products, as in ``fourier``.
"""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.canvas import color, spectrum
from convscope.canvas.fourier import passed


@dataclass(frozen=True)
class Maco:
    """Pictures with the magnitudes of natural pictures, in decorrelated colours.

    The parameters are phases in radians, (n, height, width // 2 + 1, channels), in the order of a
    real discrete Fourier transform. The first one is a mean colour: its cosine times the natural
    magnitude. Waves that are the conjugate of another one are not used.
    """

    size: tuple[int, int]
    channels: int = 3

    # A phase may have to change by half a turn; the strength of a wave only has to grow.
    rate_scale = 20.0
    is_boosted = False
    background_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (self.size[0], self.size[1] // 2 + 1, self.channels)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return random phases and a mean of gray."""
        numbers = 2 * np.pi * noise  # a turn's deviation, wrapped, is uniform to 1 in 10^8
        numbers[:, 0, 0] = np.pi / 2
        return numbers.astype("float32")

    def field(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the sum of waves: (n, height, width, channels) in decorrelated colours, any range.

        ``detail`` removes waves above this share of the highest frequency.
        """
        strength = ops.convert_to_tensor(self.magnitude() * self._count())
        if detail is not None:
            strength = strength * passed(self._cycles(), max(self.size), detail)
        waves = ops.concatenate([strength * ops.cos(numbers), strength * ops.sin(numbers)], axis=1)
        down, across = (ops.convert_to_tensor(some) for some in self._angles())
        level = _both(ops.cos(down), -ops.sin(down))
        turned = _both(ops.sin(down), ops.cos(down))
        halves = [ops.einsum("hk,nklc->nhlc", rows, waves) for rows in (level, turned)]
        columns = _both(ops.cos(across), -ops.sin(across))
        return ops.einsum("nhlc,wl->nhwc", ops.concatenate(halves, axis=2), columns)

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some phases; ``detail`` as for ``field``."""
        return color.to_picture(self.field(numbers, detail))

    def magnitude(self) -> np.ndarray:
        """Return the natural magnitude of each wave: (height, width // 2 + 1, channels).

        A side of half the length has half as many waves. Each is stronger, so that the contrast of
        an octave stays the same.
        """
        rows, columns = self._cycles_along()
        found = spectrum.natural().at(rows, columns, self.channels)
        density = np.sqrt(max(self.size) ** 2 / (self.size[0] * self.size[1]))
        alone = found[0, 0].copy()
        found *= density
        found[0, 0] = alone  # the mean is one wave at every size
        return found

    def _count(self) -> np.ndarray:
        """Return how many waves each parameter controls: (height, width // 2 + 1, 1).

        It is two for a wave and its conjugate. It is zero if the conjugate comes first, or if the
        wave has the highest frequency along each axis on which it varies, since its phase can only
        be a sign.
        """
        height, width = self.size
        count = np.full(self.noise_shape[:2], 2.0)
        for column in {0, width // 2} if width % 2 == 0 else {0}:
            count[height // 2 + 1 :, column] = 0
            if height % 2 == 0:
                count[height // 2, column] = 0
            count[0, column] = 0
        count[0, 0] = 1
        return count[..., None].astype("float32")

    def _angles(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the angle of each wave at each pixel's centre: (side, waves) for both axes."""
        counts = _frequencies(self.size[0]), np.arange(self.noise_shape[1])
        down, across = (
            2 * np.pi * np.outer((np.arange(side) + 0.5) / side, count)
            for side, count in zip(self.size, counts, strict=True)
        )
        return down.astype("float32"), across.astype("float32")

    def _cycles_along(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the cycles of each wave down and across, along the longer side."""
        rows, columns = (max(self.size) / side for side in self.size)
        return _frequencies(self.size[0]) * rows, np.arange(self.noise_shape[1]) * columns

    def _cycles(self) -> np.ndarray:
        """Return each wave's cycles along the longer side: (height, width // 2 + 1)."""
        rows, columns = self._cycles_along()
        return np.hypot(rows[:, None], columns[None, :])


def _frequencies(side: int) -> np.ndarray:
    """Return the cycles of each row of a discrete Fourier transform: 0, 1, 2, ..., -2, -1."""
    return np.rint(np.fft.fftfreq(side, 1 / side)).astype(int)


def _both(first: Tensor, second: Tensor) -> Tensor:
    """Return two matrices side by side."""
    return ops.concatenate([first, second], axis=1)
