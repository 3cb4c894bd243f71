"""One palette for a whole film, and ordered dithering with it.

A palette for each frame would flicker. Error diffusion would make still areas move, since a pixel's
colour depends on changes elsewhere. Here a pixel's colour depends on its own value and place only.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image

from convscope.encoding.reel import Bytes

Numbers = npt.NDArray[np.float32]

SAMPLE = 200_000  # pixels that the palette is made from; all, if a film has no more
REFINEMENTS = 2  # k-means rounds after median cut; more changed nothing that was measured
FLAT, FLATS = 1 / 2000, 48  # the share of pixels that makes a colour flat; the most of these
LEVELS = 64  # a channel's levels in the table of nearest colours: errors below 2/255


@dataclass(frozen=True)
class Palette:
    """The colours of a film, and how far apart they are.

    Attributes:
        colors: (n, 3), uint8; n is 255 at most, as one index is left for "unchanged".
        step: the distance between neighbours, as a channel sees it, in 0..255. Values rounded to
            steps of s have errors of s / sqrt(12), so it comes from the error that was measured;
            a film of few colours has step 0, and is not dithered.
    """

    colors: Bytes
    step: float

    @classmethod
    def of(cls, pictures: Bytes, count: int = 255) -> "Palette":
        """Return the palette of a film, (n, height, width, 3).

        Flat colours, such as those of bars and letters, are in it as they are. The other colours
        come from median cut and k-means.
        """
        pixels = pictures.reshape(-1, 3)
        if len(pixels) > SAMPLE:  # drawn, as a regular pick would fall into the same columns
            pixels = pixels[np.random.default_rng(0).integers(0, len(pixels), SAMPLE)]
        codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        found, shares = np.unique(codes, return_counts=True)
        often = np.argsort(-shares)[: min(FLATS, count // 5)]
        flat = found[often[shares[often] >= FLAT * len(pixels)]]
        colors = (flat[:, None] >> np.array([16, 8, 0], np.uint32)).astype(np.uint8)
        others = pixels[~np.isin(codes, flat)]
        if len(others):
            image = Image.fromarray(others[None])
            left = count - len(colors)
            quantized = image.quantize(left, Image.Quantize.MEDIANCUT, kmeans=REFINEMENTS)
            cut = np.array(quantized.getpalette() or [], np.uint8).reshape(-1, 3)[:left]
            colors = np.concatenate([colors, cut])
        error = pixels - colors[_nearest(pixels, colors)].astype(np.float32)
        return cls(colors, float(np.sqrt(12 * np.mean(error**2))))

    def map(self, picture: Bytes) -> Bytes:
        """Return the index of each pixel's colour, (height, width), dithered."""
        height, width, _ = picture.shape
        rows, columns = -(-height // len(BAYER)), -(-width // len(BAYER))
        offset = np.tile(BAYER, (rows, columns))[:height, :width, None] * self.step
        level = np.rint((picture + offset) * ((LEVELS - 1) / 255)).clip(0, LEVELS - 1)
        red, green, blue = np.moveaxis(level.astype(np.intp), 2, 0)
        indices: Bytes = self._table[red, green, blue]
        return indices

    @cached_property
    def _table(self) -> Bytes:
        """Return the nearest colour's index for each (red, green, blue) of the levels."""
        levels = np.linspace(0, 255, LEVELS, dtype=np.float32)
        grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
        return _nearest(grid.reshape(-1, 3), self.colors).reshape(LEVELS, LEVELS, LEVELS)


def bayer(doublings: int) -> Numbers:
    """Return the ordered dither of Bayer (1973): 2**doublings a side, from -1/2 to 1/2, mean 0.

    Example:
        >>> bayer(1).tolist()
        [[-0.375, 0.125], [0.375, -0.125]]
    """
    order = np.zeros((1, 1))
    for _ in range(doublings):
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return ((order + 0.5) / order.size - 0.5).astype(np.float32)


BAYER = bayer(3)


def _nearest(pixels: npt.NDArray[np.generic], colors: Bytes) -> Bytes:
    """Return the index of the colour nearest to each pixel: (n, 3) and (m, 3) to (n,)."""
    points = colors.astype(np.float32)
    # |p - c|^2 without |p|^2, which does not change the order
    squares, indices = (points**2).sum(axis=1), np.empty(len(pixels), np.uint8)
    for start in range(0, len(pixels), 8192):  # slices that stay in the processor's cache
        part = pixels[start : start + 8192].astype(np.float32)
        indices[start : start + 8192] = (squares - 2 * part @ points.T).argmin(axis=1)
    return indices
