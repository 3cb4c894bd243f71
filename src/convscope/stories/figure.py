"""The figure of a story: for each layer its channels, the inversion, the caricature and classes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.activation.figure import Row
from convscope.drawing import header, text_layout, tile
from convscope.drawing.blocks import layer_name
from convscope.drawing.header import MARGIN, OVER, Heading, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, GRAY, INK, PALE
from convscope.drawing.tile import SEAM, UNDER
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

NAMES = 120  # width of the column of layer names
SIDE = 58  # of a channel's map, and of its picture
LARGE = 132  # width of the large pictures
GAP, COLUMN, BETWEEN = 8, 18, 14  # between tiles, between columns, between rows
LINES = 2  # of tiles in a row
FEWEST = 110  # width of the column of tiles, so that its name has room
CAPTION = 7.5
READ = 168  # width of what is read off
CLASS = 8.0  # size of a class's label
LINE = CLASS * text_layout.LEADING + 8  # of a class: its label, and its bar below


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
class Stage(Row):
    """One layer: its channels, large pictures and classes."""

    pictures: Sequence[Large]
    reads: Sequence[Read] = ()


def story(
    photo: np.ndarray,
    top: Top,
    stages: Sequence[Stage],
    headings: Sequence[Heading],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """Return a figure of the photo and the likeliest classes, with a row for every layer.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        stages: one a layer, from early to late, each with as many pictures.
        headings: of the columns: the channels, each picture, what is read off; what each is called
            and what it shows.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not stages:
        raise InputError.expected("at least one layer to show", "none")
    layout = _Layout.of(photo, stages)
    width = layout.lefts[-1] + layout.widths[-1] + MARGIN
    head = header.height(photo, notes, width)
    heights = [layout.height(stage) for stage in stages]
    page = Page(width, head + OVER + sum(heights) + BETWEEN * (len(stages) - 1) + MARGIN)
    header.draw(page, photo, top, title, notes)
    for heading, left, wide in zip(headings, layout.lefts, layout.widths, strict=False):
        header.column(page, heading, left, head, wide)
    y = head + OVER
    for stage, tall in zip(stages, heights, strict=True):
        page.bar(Box(MARGIN, y - BETWEEN / 2, width - 2 * MARGIN, 0.6), PALE)
        layout.draw(page, stage, y)
        y += tall + BETWEEN
    return page.figure


@dataclass(frozen=True)
class _Layout:
    """Where things stand in a row, whatever its height.

    Args:
        across: width of a tile with its picture.
        columns: tiles in a line.
        small: height of a tile's map.
        large: height of a large picture.
        widths: of the columns: tiles, each large picture, what is read off if anything is.
    """

    across: float
    columns: int
    small: float
    large: float
    widths: tuple[float, ...]

    @classmethod
    def of(cls, photo: np.ndarray, stages: Sequence[Stage]) -> "_Layout":
        """A layout with room for all stages."""
        shape = tile.proportions(photo)
        most = max(len(stage.tiles) for stage in stages)
        beside = any(some.picture is not None for stage in stages for some in stage.tiles)
        across = 2 * SIDE + SEAM if beside else SIDE
        columns = max(1, math.ceil(most / LINES))
        channels = max(columns * (across + GAP) - GAP, FEWEST)
        reads = [READ] if any(stage.reads for stage in stages) else []
        widths = (channels, *(LARGE for _ in stages[0].pictures), *reads)
        return cls(across, columns, round(SIDE * shape), round(LARGE * shape), widths)

    @property
    def lefts(self) -> list[float]:
        """Where each column begins."""
        return [
            MARGIN + NAMES + sum(self.widths[:place]) + place * COLUMN
            for place in range(len(self.widths))
        ]

    def height(self, stage: Stage) -> float:
        """Of a stage's row."""
        lines = math.ceil(len(stage.tiles) / self.columns)
        reads = sum(_read_height(read) + 5 for read in stage.reads)
        return max(lines * (self.small + UNDER + 4), self.large + UNDER, reads, 60)

    def draw(self, page: Page, stage: Stage, top: float) -> None:
        """A stage's row."""
        layer_name(
            page, stage.name, [stage.detail], MARGIN, top, NAMES - 16, scale=stage.scale, lines=2
        )
        first, *others = self.lefts
        for place, some in enumerate(stage.tiles):
            line, column = divmod(place, self.columns)
            left, y = first + column * (self.across + GAP), top + line * (self.small + UNDER + 4)
            tile.draw(page, some, stage.scale, Box(left, y, SIDE, self.small))
        for each, left in zip(stage.pictures, others, strict=False):
            page.picture(each.picture, Box(left, top, LARGE, self.large))
            caption = text_layout.fit(each.caption, LARGE, CAPTION)
            page.text(caption, left, top + self.large + 2, color=GRAY)
        y = top
        for read in stage.reads:
            y = _read(page, read, others[-1], y) + 5


def _words(read: Read) -> tuple[text_layout.TextBlock, text_layout.TextBlock]:
    """What stands above the classes, and below them."""
    above, below = (text_layout.fit(text, READ, CAPTION, lines=2) for text in (read.how, read.note))
    return above, below


def _read_height(read: Read) -> float:
    return sum(letters.height for letters in _words(read)) + 2 + LINE * len(read.classes)


def _read(page: Page, read: Read, left: float, top: float) -> float:
    """Classes with their bars; returns where they end."""
    how, note = _words(read)
    page.text(how, left, top, color=GRAY)
    y = top + how.height + 2
    for label, share, number, own in read.classes:
        room = READ - text_layout.measure(number, CLASS) - 6
        page.text(
            text_layout.fit(label, room, CLASS, bold=own),
            left,
            y,
            color=ACCENT if own else INK,
            bold=own,
        )
        page.text(number, left + READ, y, size=CLASS, color=GRAY, align="right")
        bar = Box(left, y + CLASS * text_layout.LEADING + 1, READ, 3)
        page.bar(bar, PALE)
        filled = READ * min(1.0, max(0.0, share))
        page.bar(Box(bar.left, bar.top, filled, bar.height), ACCENT if own else GRAY)
        y += LINE
    page.text(note, left, y, color=GRAY)
    return y + note.height
