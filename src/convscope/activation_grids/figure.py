"""The figure of an activation grid: a photo, and the grid at the same scale beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope import images
from convscope.drawing import blocks, header, text_layout, tile
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.header import MARGIN, OVER, TITLE, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.style import PALE
from convscope.drawing.tile import UNDER

if TYPE_CHECKING:
    from convscope.drawing import Figure

PANEL = 400  # longer side of the photo and of the grid
GAP = 24  # between them
CLASS = 20  # height of a class's line
PIXELS = 1600  # of the grid's longer side, about: four a point, so that it can be enlarged
SIDE, BETWEEN = 72, 10  # of a group's picture, and from one to the next


@dataclass(frozen=True, eq=False)
class Cells:
    """The places of a layer and their pictures.

    Args:
        pictures: (n, height, width, channels) in [0, 1].
        which: (rows, columns), the index of each place's picture, or -1 for none.
        lengths: (rows, columns), from 0; areas of the pictures are in proportion.
        corner: top and left of the part of the photo that they cover, in pixels.
        size: height and width of that part.
    """

    pictures: np.ndarray
    which: np.ndarray
    lengths: np.ndarray
    corner: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Group:
    """One group's picture, (height, width, channels) in [0, 1], and what is written under it."""

    picture: np.ndarray
    label: str
    value: str


def grid(
    photo: np.ndarray,
    cells: Cells,
    top: Top,
    *,
    title: str,
    caption: str,
    notes: Sequence[str] = (),
    groups: Sequence[Group] = (),
) -> "Figure":
    """Return a figure of the photo with its classes, the grid beside it, and groups below.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        cells: what to show at each place.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        title: one line.
        caption: a few words about the grid.
        notes: what to know to read the figure, a sentence or two each.
        groups: the groups whose pictures the cells have, if these are not their own.
    """
    # Photo and grid share one scale, and the grid may reach beyond the photo.
    upper, left = (min(0, first) for first in cells.corner)
    height = max(photo.shape[0], cells.corner[0] + cells.size[0]) - upper
    width = max(photo.shape[1], cells.corner[1] + cells.size[1]) - left
    scale = PANEL / max(height, width)
    room = max(width * scale, PANEL / 2)
    across = 2 * room + GAP
    words = Paragraphs(across, blocks.notes(notes))
    begin = MARGIN + TITLE * 1.6 + words.height + 10
    below = begin + OVER + height * scale
    classes = 12 + CLASS * len(top) if top else 0
    per_row = int((across + BETWEEN) // (SIDE + BETWEEN))
    tall = round(SIDE * tile.proportions(cells.pictures[0]))
    line = tall + UNDER + BETWEEN
    strip = OVER + 12 + line * -(-len(groups) // per_row) if groups else 0
    page = Page(across + 2 * MARGIN, below + classes + strip + MARGIN)

    page.text(text_layout.fit(title, across, TITLE, bold=True), MARGIN, MARGIN, bold=True)
    words.draw(page, MARGIN, MARGIN + TITLE * 1.6)
    right = MARGIN + room + GAP
    header.column(page, ("the photo", "as the network sees it"), MARGIN, begin, room)
    header.column(page, ("what the layer responds to", caption), right, begin, room)

    def at(panel: float, corner: Sequence[float], size: Sequence[int]) -> Box:
        """A rectangle of the photo's pixels, in one of the two panels."""
        return Box(
            panel + (corner[1] - left) * scale,
            begin + OVER + (corner[0] - upper) * scale,
            size[1] * scale,
            size[0] * scale,
        )

    page.picture(photo, at(MARGIN, (0, 0), photo.shape[:2]))
    page.picture(composed(cells), at(right, cells.corner, cells.size))
    page.frame(at(right, (0, 0), photo.shape[:2]), PALE, 0.8)
    header.bars(page, top, Box(MARGIN, below + 12, room, CLASS * len(top)))
    if groups:
        y = below + classes + 12
        header.column(
            page, ("the groups", "and the share of the places that each has"), MARGIN, y, across
        )
        for place, group in enumerate(groups):
            row, column = divmod(place, per_row)
            box = Box(MARGIN + column * (SIDE + BETWEEN), y + OVER + row * line, SIDE, tall)
            page.picture(group.picture, box)
            tile.draw_label(page, group.label, group.value, box)
    return page.figure


def composed(cells: Cells) -> np.ndarray:
    """Return the grid as one picture, (height, width, channels) in [0, 1], white in between.

    Each picture is in the middle of its cell. The longest vector's fills it, and the areas of the
    others are to its area as their lengths are to the longest.
    """
    rows, columns = cells.which.shape
    pixels = PIXELS / max(cells.size)
    tall, wide = (
        max(4, round(side * pixels / count))
        for side, count in zip(cells.size, (rows, columns), strict=True)
    )
    whole = np.ones((rows * tall, columns * wide, cells.pictures.shape[3]), "float32")
    longest = float(cells.lengths.max())
    height, width = cells.pictures.shape[1:3]
    fill = min(tall / height, wide / width)
    for row, column in np.argwhere(cells.which >= 0):
        share = fill * np.sqrt(cells.lengths[row, column] / longest)
        size = max(1, round(height * share)), max(1, round(width * share))
        top = row * tall + (tall - size[0]) // 2
        left = column * wide + (wide - size[1]) // 2
        picture = images.resize(cells.pictures[cells.which[row, column]], size)
        whole[top : top + size[0], left : left + size[1]] = picture
    return whole
