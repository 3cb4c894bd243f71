"""The figure of a semantic dictionary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import header, tile
from convscope.drawing.blocks import layer_name
from convscope.drawing.header import MARGIN, OVER, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.style import GRAY, INLINE, OUTLINE, PALE
from convscope.drawing.tile import UNDER
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

NAMES = 120  # width of the column of layer names
SIDE = 84  # of every picture
GAP, COLUMN, BETWEEN = 8, 20, 14  # between pictures, between columns, between rows
FEWEST = 5  # channels across, at the least, so that the head has room
HEADINGS = (
    ("its neuron", "what it sees"),
    ("enlarged", "the same"),
    ("channels that fire there", "the most unusual first, and what they look for"),
)
# White between black is seen on any photo, and at its edge.
OUTER, INNER = (OUTLINE, 2.4), (INLINE, 1.0)
DOT = 3.0  # side of the mark at the place

Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Word:
    """A channel: what it looks for, (height, width, channels) in [0, 1] or None, and two labels."""

    picture: np.ndarray | None
    label: str
    value: str


@dataclass(frozen=True, eq=False)
class Entry:
    """One layer.

    Args:
        name: of the layer.
        details: further lines below it.
        rows: begin and end of what its neuron sees, in pixels of the photo.
        columns: the same across.
        words: the channels, the most unusual first; may be none.
    """

    name: str
    details: Sequence[str]
    rows: Span
    columns: Span
    words: Sequence[Word]


def dictionary(
    photo: np.ndarray,
    at: tuple[int, int],
    top: Top,
    entries: Sequence[Entry],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """Return a figure of the photo with the place marked, and a row for every layer.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        at: row and column of the place, in pixels.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        entries: one a layer, from early to late.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not entries:
        raise InputError.expected("at least one layer to show", "none")
    tall = round(SIDE * tile.proportions(photo))
    most = max(FEWEST, *(len(entry.words) for entry in entries))
    left = MARGIN + NAMES
    lefts = (left, left + SIDE + GAP, left + 2 * SIDE + GAP + COLUMN)
    width = lefts[2] + most * (SIDE + GAP) - GAP + MARGIN
    head = header.height(photo, notes, width)
    rooms = (SIDE, SIDE, width - lefts[2] - MARGIN)
    line = max(tall, 60) + UNDER + BETWEEN
    page = Page(width, head + OVER + len(entries) * line - BETWEEN + MARGIN)
    header.draw(page, photo, top, title, notes)
    for heading, place, room in zip(HEADINGS, lefts, rooms, strict=True):
        header.column(page, heading, place, head, room)
    for number, entry in enumerate(entries):
        y = head + OVER + number * line
        page.bar(Box(MARGIN, y - BETWEEN / 2, width - 2 * MARGIN, 0.6), PALE)
        layer_name(page, entry.name, entry.details, MARGIN, y, NAMES - 16, lines=2)
        _sight(page, photo, at, entry, Box(lefts[0], y, SIDE, tall))
        seen = photo[slice(*_whole(entry.rows)), slice(*_whole(entry.columns))]
        page.picture(seen, Box(lefts[1], y, SIDE, tall), squares=True)
        for place, word in enumerate(entry.words):
            box = Box(lefts[2] + place * (SIDE + GAP), y, SIDE, tall)
            if word.picture is None:
                page.bar(box, PALE)
            else:
                page.picture(word.picture, box)
            tile.draw_label(page, word.label, word.value, box)
        if not entry.words:
            page.text("no channel fires here", lefts[2], y, color=GRAY)
    return page.figure


def _sight(page: Page, photo: np.ndarray, at: tuple[int, int], entry: Entry, box: Box) -> None:
    """The photo, a frame around what the neuron sees, and a dot at the place."""
    place = page.picture(photo, box)
    down, across = place.height / photo.shape[0], place.width / photo.shape[1]
    (top, bottom), (left, right) = entry.rows, entry.columns
    frame = Box(
        place.left + left * across,
        place.top + top * down,
        (right - left) * across,
        (bottom - top) * down,
    )
    inset = (OUTER[1] - INNER[1]) / 2
    within = Box(
        frame.left + inset, frame.top + inset, frame.width - 2 * inset, frame.height - 2 * inset
    )
    page.frame(frame, *OUTER)
    page.frame(within, *INNER)
    middle = (place.top + (at[0] + 0.5) * down, place.left + (at[1] + 0.5) * across)
    for color, side in ((OUTER[0], DOT), (INNER[0], DOT - 1.4)):
        page.bar(Box(middle[1] - side / 2, middle[0] - side / 2, side, side), color)


def _whole(span: Span) -> tuple[int, int]:
    """The pixels of a span, at least one."""
    begin = int(span[0])
    return begin, max(begin + 1, round(span[1]))
