"""A photo's way through a network: at each layer who answers, what is left, and what it makes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.errors import InputError
from convscope.figures import header, lettering, tile
from convscope.figures.header import MARGIN, Top
from convscope.figures.page import ACCENT, GRAY, INK, PALE, Box, Page
from convscope.figures.tile import SEAM, UNDER, Scale, Tile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = 120  # width of the column of layer names
SIDE = 58  # of a channel's map, and of its picture
LARGE = 132  # width of the large pictures
GAP, COLUMN, BETWEEN = 8, 18, 14  # between tiles, between columns, between rows
LINES = 2  # of tiles in a row
HEADING = 9.0  # size of the columns' names
CAPTION = 7.5
READ = 168  # width of what is read off
CLASS = 8.0  # size of a class's label


@dataclass(frozen=True, eq=False)
class Large:
    """A large picture (height, width, channels) in [0, 1], and a line below it."""

    picture: np.ndarray
    caption: str


@dataclass(frozen=True)
class Read:
    """Classes read off, and how.

    Args:
        how: a few words above them.
        classes: (label, share of a full bar, number as text, whether it is the photo's own).
        note: a few words below them.
    """

    how: str
    classes: Sequence[tuple[str, float, str, bool]]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Stage:
    """One layer: its name, its shape in words, channels on one scale, pictures and classes."""

    name: str
    detail: str
    tiles: Sequence[Tile]
    scale: Scale
    pictures: Sequence[Large]
    reads: Sequence[Read] = ()


def story(
    photo: np.ndarray,
    top: Top,
    stages: Sequence[Stage],
    headings: Sequence[str],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """The photo and the likeliest classes, then a row for every layer.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        stages: one a layer, from early to late, each with as many pictures.
        headings: of the columns: the channels, each picture, what is read off.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not stages:
        raise InputError("Expected at least one layer to show. Received: none.")
    shape = tile.proportions(photo)
    most = max(len(stage.tiles) for stage in stages)
    beside = any(some.picture is not None for stage in stages for some in stage.tiles)
    across = 2 * SIDE + SEAM if beside else SIDE
    columns = max(1, math.ceil(most / LINES))
    channels = max(columns * (across + GAP) - GAP, 110)
    reads = any(stage.reads for stage in stages)
    widths = [channels, *(LARGE for _ in stages[0].pictures), *([READ] if reads else [])]
    lefts = [MARGIN + NAMES + sum(widths[:n]) + n * COLUMN for n in range(len(widths))]
    width = lefts[-1] + widths[-1] + MARGIN
    head = header.height(photo, notes, width)
    names = [
        lettering.fit(text, wide, HEADING, lines=2, bold=True)
        for text, wide in zip(headings, widths, strict=False)
    ]
    over = max(each.height for each in names) + 6
    small, large = round(SIDE * shape), round(LARGE * shape)
    heights = [_height(stage, columns, small, large) for stage in stages]
    page = Page(width, head + over + sum(heights) + BETWEEN * (len(stages) - 1) + MARGIN)
    header.draw(page, photo, top, title, notes)
    for letters, left in zip(names, lefts, strict=True):
        page.text(letters, left, head, bold=True)
    y = head + over
    for stage, tall in zip(stages, heights, strict=True):
        page.bar(Box(MARGIN, y - BETWEEN / 2, width - 2 * MARGIN, 0.6), PALE)
        _name(page, stage, y)
        for place, some in enumerate(stage.tiles):
            line, column = divmod(place, columns)
            box = Box(
                lefts[0] + column * (across + GAP), y + line * (small + UNDER + 4), SIDE, small
            )
            tile.draw(page, some, stage.scale, box)
        for each, left in zip(stage.pictures, lefts[1:], strict=False):
            page.picture(each.picture, Box(left, y, LARGE, large))
            page.text(lettering.fit(each.caption, LARGE, CAPTION), left, y + large + 2, color=GRAY)
        below = y
        for read in stage.reads:
            below = _read(page, read, lefts[-1], below) + 5
        y += tall + BETWEEN
    return page.figure


def _height(stage: Stage, columns: int, small: float, large: float) -> float:
    lines = math.ceil(len(stage.tiles) / columns)
    reads = sum(_read_height(read) + 5 for read in stage.reads)
    return max(lines * (small + UNDER + 4), large + UNDER, reads, 60)


def _name(page: Page, stage: Stage, top: float) -> None:
    """The layer's name, its shape and the scale of its maps."""
    room = NAMES - 16
    letters = lettering.fit(stage.name, room, 10, lines=2, bold=True)
    page.text(letters, MARGIN, top, bold=True)
    detail = lettering.fit(stage.detail, room, 8, lines=2)
    page.text(detail, MARGIN, top + letters.height + 1, color=GRAY)
    stage.scale.draw(page, MARGIN, top + letters.height + detail.height + 6, room)


LINE = CLASS * lettering.LEADING + 8  # of a class: its label, and its bar below


def _how(read: Read) -> lettering.Lettering:
    return lettering.fit(read.how, READ, CAPTION, lines=2)


def _note(read: Read) -> lettering.Lettering:
    return lettering.fit(read.note, READ, CAPTION, lines=2)


def _read_height(read: Read) -> float:
    return _how(read).height + 2 + LINE * len(read.classes) + _note(read).height


def _read(page: Page, read: Read, left: float, top: float) -> float:
    """Classes with their bars; returns where they end."""
    how, note = _how(read), _note(read)
    page.text(how, left, top, color=GRAY)
    y = top + how.height + 2
    for label, share, number, own in read.classes:
        room = READ - lettering.measure(number, CLASS) - 6
        page.text(
            lettering.fit(label, room, CLASS, bold=own),
            left,
            y,
            color=ACCENT if own else INK,
            bold=own,
        )
        page.text(number, left + READ, y, size=CLASS, color=GRAY, align="right")
        bar = Box(left, y + CLASS * lettering.LEADING + 1, READ, 3)
        page.bar(bar, PALE)
        filled = READ * min(1.0, max(0.0, share))
        page.bar(Box(bar.left, bar.top, filled, bar.height), ACCENT if own else GRAY)
        y += LINE
    page.text(note, left, y, color=GRAY)
    return y + note.height
