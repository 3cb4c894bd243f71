"""A tile: a channel's map in colours of a stated scale, and perhaps the channel's picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.page import Box, Page
from convscope.drawing.style import GRAY, RESPONSES, colormap

SEAM = 1  # points between a map and its picture
WORTH = 0.8  # values are left above a scale only if it ends this far below the highest

UNDER = 13  # points for the label under a tile

# One very high value would make all other maps of a layer black. Above this share of the values,
# the scale says "and above".
COVERING = 0.998

BESIDE = "To the right of a map: the picture that its unit looks for."


@dataclass(frozen=True, eq=False)
class Tile:
    """One channel: its map, its labels and perhaps its picture.

    Args:
        map: (height, width), any range.
        label: written under the map, at its left: ':17'.
        value: written at its right, or ''.
        picture: (height, width, channels) in [0, 1], shown beside the map, or None.
    """

    map: np.ndarray
    label: str
    value: str = ""
    picture: np.ndarray | None = None


@dataclass(frozen=True)
class Scale:
    """A scale from ``low``, black, to ``high``, almost white; ``highest`` if that is more."""

    low: float
    high: float
    highest: float | None = None

    @classmethod
    def of(cls, maps: Sequence[np.ndarray], covering: float = 1.0) -> "Scale":
        """Return the scale of maps shown together: from zero, or the lowest value, to the highest.

        ``covering`` is the share of the values within the scale; values above it look the same.
        """
        values = np.concatenate([np.ravel(some) for some in maps]).astype("float64")
        top = float(values.max())
        high = top if covering >= 1 else float(np.quantile(values, covering))
        if not 0 < high < WORTH * top:
            high = top
        return cls(min(0.0, float(values.min())), high, top if top > high else None)

    def color(self, values: np.ndarray) -> np.ndarray:
        """Return map values, (height, width), as colours, (height, width, 3) in [0, 1]."""
        room = self.high - self.low
        share = (values - self.low) / room if room > 0 else np.zeros(values.shape)
        return colormap(RESPONSES, np.clip(share, 0, 1))

    def draw(self, page: Page, left: float, top: float, width: float) -> None:
        """Draw the scale as a bar with its ends, 16 points high."""
        ramp = np.linspace(self.low, self.high, 256)[None]
        page.picture(
            self.color(np.repeat(ramp, max(1, round(256 * 6 / width)), axis=0)),
            Box(left, top, width, 6),
            squares=True,
        )
        end = number(self.high)
        if self.highest is not None:
            end = f"{end} and above (to {number(self.highest)})"
        page.text(number(self.low), left, top + 8, size=7, color=GRAY)
        page.text(end, left + width, top + 8, size=7, color=GRAY, align="right")


def number(value: float) -> str:
    """Return a number in a short form: '0.0123', '12.3', '1234'.

    Example:
        >>> [number(value) for value in (0.0, 0.01234, 12.34, 1234.5)]
        ['0', '0.0123', '12.3', '1234']
    """
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def draw(page: Page, tile: Tile, scale: Scale, box: Box, size: float = 8) -> None:
    """Draw a tile's map in the box, its picture to the right of it, and its label below both."""
    page.picture(scale.color(tile.map), box, squares=True)
    right = box.left + box.width
    if tile.picture is not None:
        page.picture(tile.picture, Box(right + SEAM, box.top, box.width, box.height))
        right += SEAM + box.width
    both = Box(box.left, box.top, right - box.left, box.height)
    draw_label(page, tile.label, tile.value, both, size)


def draw_label(page: Page, label: str, value: str, box: Box, size: float = 8) -> None:
    """Draw a label and a value under the two ends of a box, ``UNDER`` points high."""
    top = box.top + box.height + 2
    both = text_layout.measure(f"{label} {value}", size)
    size = size * min(1.0, box.width / both)
    page.text(label, box.left, top, size=size)
    page.text(value, box.left + box.width, top, size=size, color=GRAY, align="right")


def proportions(picture: np.ndarray) -> float:
    """Return a picture's height over its width, within the limits of a tile."""
    return float(np.clip(picture.shape[0] / picture.shape[1], 1 / 3, 3))
