"""A sheet: pictures in a grid, each with its title and caption."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.page import Box, Page
from convscope.drawing.style import DPI, GRAY, POINTS
from convscope.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN, GAP = 14, 12
SIDES = ((6, 320), (24, 256), (math.inf, 192))  # up to so many pictures, so many pixels wide
HEADING, TITLE, CAPTION = 12.0, 8.0, 7.0
LINES = 3  # of a title, at most, before it is made smaller


def sheet(
    pictures: Sequence[np.ndarray],
    titles: Sequence[str],
    captions: Sequence[str],
    columns: int | None = None,
    heading: str = "",
) -> "Figure":
    """Return a figure of pictures in rows; text is broken or made smaller, never cut.

    Args:
        pictures: each (height, width, channels) in [0, 1]; small ones show their pixels.
        titles: one a picture, below it.
        captions: one a picture, below its title; '' for none.
        columns: few empty places and about a square, by default.
        heading: above all pictures; '' for none.
    """
    if not pictures:
        raise InputError.expected("at least one picture to show", "none")
    if columns is not None and columns < 1:
        raise InputError.expected("at least one column", columns)
    across = min(columns or columns_for(len(pictures)), len(pictures))
    down = math.ceil(len(pictures) / across)
    wide = _width(pictures)
    tall = wide * max(picture.shape[0] / picture.shape[1] for picture in pictures)
    above = [text_layout.fit(text, wide, TITLE, lines=LINES, bold=True) for text in titles]
    below = [text_layout.fit(text, wide, CAPTION, lines=2) for text in captions]
    words = [
        max(text.height for text in above[start : start + across])
        + max(text.height for text in below[start : start + across])
        for start in range(0, len(pictures), across)
    ]
    width = across * (wide + GAP) - GAP
    over = text_layout.fit(heading, width, HEADING, lines=LINES, bold=True)
    first = MARGIN + (over.height + GAP if heading else 0)
    tops = [first + row * (tall + 3 + GAP) + sum(words[:row]) for row in range(down)]
    page = Page(2 * MARGIN + width, tops[-1] + tall + 3 + words[-1] + MARGIN)
    if heading:
        page.text(over, MARGIN, MARGIN - 2, bold=True)
    for number, (picture, title, caption) in enumerate(zip(pictures, above, below, strict=True)):
        row, column = divmod(number, across)
        left, top = MARGIN + column * (wide + GAP), tops[row]
        page.picture(picture, Box(left, top, wide, tall))
        page.text(title, left, top + tall + 3, bold=True)
        page.text(caption, left, top + tall + 3 + title.height, color=GRAY)
    return page.figure


def columns_for(count: int) -> int:
    """Return the number of columns with the fewest empty places, from square to twice as wide."""
    root = math.sqrt(count)
    return min(range(math.ceil(root), math.ceil(2 * root) + 1), key=lambda some: -count % some)


def _width(pictures: Sequence[np.ndarray]) -> float:
    """Return the width of a place on the sheet, in points; pixels become whole squares."""
    wished = next(side for most, side in SIDES if len(pictures) <= most)
    pixels = max(picture.shape[1] for picture in pictures)
    times = max(1, round(wished / pixels))
    width = pixels * times if pixels <= 1.5 * wished else wished
    return max(80.0, width * POINTS / DPI)
