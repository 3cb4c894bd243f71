"""The figure of an activation atlas: its levels side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import blocks, header, text_layout
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.header import MARGIN, OVER, TITLE
from convscope.drawing.page import Box, Page
from convscope.drawing.style import GRAY, PALE

if TYPE_CHECKING:
    from convscope.drawing import Figure

PANEL, GAP = 640, 28  # side of a level, and from one to the next
SEAM = 1  # between cells
LABEL = 10  # height of a cell's label
LABELLED = 48  # points of a cell from which on it has a label


@dataclass(frozen=True, eq=False)
class DrawnLevel:
    """One level of the map.

    Args:
        side: cells along each axis.
        places: row and column of each cell that is painted.
        pictures: (m, height, width, channels) in [0, 1], of those cells.
        labels: what stands under each of them, or ''.
    """

    side: int
    places: Sequence[tuple[int, int]]
    pictures: np.ndarray
    labels: Sequence[str]


def atlas(levels: Sequence[DrawnLevel], *, title: str, notes: Sequence[str] = ()) -> "Figure":
    """Return a figure of the levels of a map, the one with the fewest cells first.

    Args:
        levels: at least one.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    across = len(levels) * (PANEL + GAP) - GAP
    words = Paragraphs(across, blocks.notes(notes))
    begin = MARGIN + TITLE * 1.6 + words.height + 10
    page = Page(across + 2 * MARGIN, begin + OVER + PANEL + MARGIN)
    page.text(text_layout.fit(title, across, TITLE, bold=True), MARGIN, MARGIN, bold=True)
    words.draw(page, MARGIN, MARGIN + TITLE * 1.6)
    for number, level in enumerate(levels):
        left = MARGIN + number * (PANEL + GAP)
        heading = (f"{level.side} x {level.side} cells", f"{len(level.pictures)} of them painted")
        header.column(page, heading, left, begin, PANEL)
        _level(page, level, Box(left, begin + OVER, PANEL, PANEL))
    return page.figure


def _level(page: Page, level: DrawnLevel, panel: Box) -> None:
    """Draw the cells of a level, and their labels if there is room."""
    page.frame(panel, PALE, 0.8)
    side = panel.width / level.side
    labelled = side >= LABELLED and any(level.labels)
    room = LABEL if labelled else 0
    for (row, column), picture, label in zip(
        level.places, level.pictures, level.labels, strict=True
    ):
        left, top = panel.left + column * side, panel.top + row * side
        page.picture(picture, Box(left, top, side - SEAM, side - SEAM - room))
        if labelled and label:
            letters = text_layout.fit(label, side - 2, 7)
            page.text(letters, left + side / 2, top + side - room - 1, color=GRAY, align="center")
