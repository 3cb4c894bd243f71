"""The figure of several maps of one photo, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import blocks, text_layout, tile
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.overlay import SCALE, diverging, overlay, reach, scale
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

MARGIN, GAP, BETWEEN = 16, 12, 16
WIDE = 132  # of a map, in points
TITLE, ROW, NOTE, NAME, DETAIL = 13.0, 10.5, 8.5, 9.0, 7.5
MOST = 7  # across, photo included
FEWEST = 4  # so that the head has room


@dataclass(frozen=True, eq=False)
class Panel:
    """One map.

    Args:
        name: what tells it from the others.
        heat: (height, width), any range; zero is white.
        detail: a word about it, or ''.
        ends: what values below zero and above it stand for.
    """

    name: str
    heat: np.ndarray
    detail: str = ""
    ends: tuple[str, str] = ("against", "for")


def attributions(
    photo: np.ndarray,
    panels: Sequence[Panel],
    *,
    title: str,
    notes: Sequence[str] = (),
    rows: Sequence[str] = (),
) -> "Figure":
    """Return a figure of the photo, with each map, its scale, and the map over the photo.

    Args:
        photo: (height, width, channels) in [0, 1].
        panels: in rows, from the top left.
        title: one line.
        notes: what to know to read the figure.
        rows: what the maps of a row share, one a row; all rows are equally long, and the photo
            stands before the first. Without it the photo is the first of all, and there are as many
            in a row as leave few places empty.
    """
    if not panels:
        raise InputError.expected("at least one map to show", "none")
    columns = 1 + len(panels) // len(rows) if rows else _columns(1 + len(panels))
    # Place 0 is the photo's; where rows share something, the first of each row is kept for it.
    places = [
        number + 1 + (number // (columns - 1) if rows else 0) for number in range(len(panels))
    ]
    down = places[-1] // columns + 1
    tall = WIDE * tile.proportions(photo)
    room = max(columns, FEWEST) * (WIDE + GAP) - GAP
    head = Paragraphs(room, [blocks.title(title, TITLE), *blocks.notes(notes, size=NOTE, lines=6)])
    names = [text_layout.fit(panel.name, WIDE, NAME, lines=3, bold=True) for panel in panels]
    details = [text_layout.fit(panel.detail, WIDE, DETAIL, lines=2) for panel in panels]
    shared = [
        text_layout.fit(row, room - WIDE - GAP, ROW, lines=2, bold=True)
        for row in rows or [""] * down
    ]
    words = [
        shared[row].height
        + max(
            name.height + detail.height
            for name, detail, place in zip(names, details, places, strict=True)
            if place // columns == row
        )
        + 3
        for row in range(down)
    ]
    block = 2 * tall + SCALE + 4
    top = MARGIN + head.height + 10
    tops = [top + sum(words[:row]) + row * (block + BETWEEN) for row in range(down)]
    page = Page(2 * MARGIN + room, tops[-1] + words[-1] + block + MARGIN)
    head.draw(page, MARGIN, MARGIN - 2)
    for row, letters in enumerate(shared):
        page.text(letters, MARGIN + WIDE + GAP, tops[row], bold=True)
    page.text("photo", MARGIN, tops[0] + words[0] - NAME * text_layout.LEADING - 3, size=NAME)
    page.picture(photo, Box(MARGIN, tops[0] + words[0], WIDE, tall))
    for number, panel in enumerate(panels):
        row, column = divmod(places[number], columns)
        left, under = MARGIN + column * (WIDE + GAP), tops[row] + words[row]
        above = under - 3 - names[number].height - details[number].height
        page.text(names[number], left, above, bold=True)
        page.text(details[number], left, above + names[number].height, color=ACCENT)
        _block(page, photo, panel, Box(left, under, WIDE, tall))
    return page.figure


def _block(page: Page, photo: np.ndarray, panel: Panel, box: Box) -> None:
    """Draw a map, its scale, and the map over the photo."""
    limit = reach(panel.heat)
    page.picture(diverging(panel.heat, limit), box, squares=True)
    scale(page, panel.heat, limit, box, panel.ends)
    under = Box(box.left, box.top + box.height + SCALE, box.width, box.height)
    page.picture(overlay(photo, panel.heat, limit), under, squares=True)


def _columns(count: int) -> int:
    """Places in a row: at most ``MOST``, with as few empty ones as can be."""
    if count <= MOST:
        return count
    return min(range(FEWEST, MOST + 1), key=lambda some: (-count % some, -some))
