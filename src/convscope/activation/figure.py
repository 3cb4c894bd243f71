"""The figure of a photo in many layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import header, tile
from convscope.drawing.blocks import layer_name
from convscope.drawing.header import MARGIN, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.tile import SEAM, UNDER, Scale, Tile
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

SIDE = 84  # of a map
BESIDE = 64  # of a map that has its picture beside it
NAMES = 132  # width of the column of layer names
GAP, BETWEEN = 8, 12  # between tiles, and between rows
FEWEST = 6  # tiles across, at the least, so that the head has room


@dataclass(frozen=True, eq=False)
class Row:
    """One layer: its name, its shape in words, and some of its channels on one scale."""

    name: str
    detail: str
    tiles: tuple[Tile, ...]
    scale: Scale


def maps(
    photo: np.ndarray, top: Top, rows: Sequence[Row], *, title: str, notes: Sequence[str] = ()
) -> "Figure":
    """Return a figure of the photo and the likeliest classes, with a row of maps for every layer.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        rows: one a layer, from early to late.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not rows:
        raise InputError.expected("at least one layer to show", "none")
    beside = any(some.picture is not None for row in rows for some in row.tiles)
    side = BESIDE if beside else SIDE
    across = 2 * side + SEAM if beside else side
    tall = round(side * tile.proportions(photo))
    most = max(FEWEST * SIDE // across, *(len(row.tiles) for row in rows), 1)
    width = 2 * MARGIN + NAMES + most * (across + GAP) - GAP
    head = header.height(photo, notes, width)
    line = max(tall, 50) + UNDER + BETWEEN
    page = Page(width, head + len(rows) * line + MARGIN - BETWEEN)
    header.draw(page, photo, top, title, notes)
    for number, row in enumerate(rows):
        y = head + number * line
        layer_name(page, row.name, [row.detail], MARGIN, y, NAMES - 18, scale=row.scale)
        for place, some in enumerate(row.tiles):
            x = MARGIN + NAMES + place * (across + GAP)
            tile.draw(page, some, row.scale, Box(x, y, side, tall))
    return page.figure
