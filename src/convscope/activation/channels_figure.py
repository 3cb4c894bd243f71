"""The figure of all channels of one layer, as a grid."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import header, tile
from convscope.drawing.header import MARGIN, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.tile import SEAM, UNDER, Scale, Tile
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

WIDTH = 1060  # of the grid, in points
GAP = 6
SIDES = ((64, 84), (256, 58), (math.inf, 44))  # up to so many tiles, a map is so wide


def channels(
    photo: np.ndarray,
    top: Top,
    tiles: Sequence[Tile],
    scale: Scale,
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """Return a figure of the photo and the likeliest classes, with a grid of maps on one scale.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        tiles: one a channel; several hundred stay readable.
        scale: of all maps.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not tiles:
        raise InputError.expected("at least one channel to show", "none")
    side = next(side for most, side in SIDES if len(tiles) <= most)
    across = side if all(some.picture is None for some in tiles) else 2 * side + SEAM
    tall = round(side * tile.proportions(photo))
    columns = max(1, (WIDTH + GAP) // (across + GAP))
    width = 2 * MARGIN + columns * (across + GAP) - GAP
    head = header.height(photo, notes, width)
    line = tall + UNDER + GAP
    page = Page(width, head + 28 + math.ceil(len(tiles) / columns) * line + MARGIN - GAP)
    header.draw(page, photo, top, title, notes)
    scale.draw(page, MARGIN, head, 240)
    for number, some in enumerate(tiles):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * (across + GAP), head + 28 + row * line
        tile.draw(page, some, scale, Box(x, y, side, tall), size=8 if side > 50 else 7)
    return page.figure
