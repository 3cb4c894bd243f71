"""The figure of a comparison: the channels of each layer that differ most, on both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.activation.result import Activations
from convscope.drawing import blocks, text_layout, tile
from convscope.drawing.blocks import Paragraphs, layer_name
from convscope.drawing.header import MARGIN, NOTE, TITLE, bars
from convscope.drawing.page import Box, Page
from convscope.drawing.style import GRAY
from convscope.drawing.tile import SEAM, UNDER, Scale
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

SIDE = 60  # of a map
PHOTO = 124  # width of a photo
NAMES = 132  # width of the column of layer names
GAP, BETWEEN, MIDDLE = 10, 12, 26  # between tiles, between rows, between the two halves
NARROWEST = 760  # of a page, so that both sides' classes have room


@dataclass(frozen=True, eq=False)
class Pair:
    """One channel: its map on both sides, what is written below, and pictures of it, if any."""

    maps: tuple[np.ndarray, np.ndarray]
    label: str
    value: str
    pictures: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, eq=False)
class PairRow:
    """One layer: channels that are stronger on the first side, on the other, and their scale."""

    name: str
    detail: str
    first: tuple[Pair, ...]
    other: tuple[Pair, ...]
    scale: Scale


def differences(
    sides: Mapping[str, Activations], rows: Sequence[PairRow], *, title: str, notes: Sequence[str]
) -> "Figure":
    """Return a figure of both sides with their classes, and a row of channels for every layer.

    Args:
        sides: two, by their names.
        rows: one a layer, from early to late.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not rows or len(sides) != 2:
        raise InputError.expected(
            "two sides and at least one layer to show", f"{len(sides)} sides and {len(rows)} layers"
        )
    pairs = [pair for row in rows for pair in (*row.first, *row.other)]
    parts = 2 + max((len(pair.pictures) for pair in pairs), default=0)
    across = parts * (SIDE + SEAM) - SEAM
    most = max(1, *(len(half) for row in rows for half in (row.first, row.other)))
    half = max(most * (across + GAP) - GAP, (NARROWEST - 2 * MARGIN - NAMES - MIDDLE) / 2)
    width = 2 * MARGIN + NAMES + 2 * half + MIDDLE
    room = width - 2 * MARGIN
    heading = text_layout.fit(title, room, TITLE, bold=True)
    words = Paragraphs(room, blocks.notes(notes, size=NOTE))
    begin = MARGIN + TITLE * 1.6 + words.height + 10
    shape = max(tile.proportions(side.photo) for side in sides.values())
    head = begin + PHOTO * shape + 18 + 24
    tall = round(SIDE * shape)
    line = max(tall, 50) + UNDER + BETWEEN
    page = Page(width, head + len(rows) * line + MARGIN)
    page.text(heading, MARGIN, MARGIN, bold=True)
    words.draw(page, MARGIN, MARGIN + TITLE * 1.6)
    lefts = (MARGIN + NAMES, MARGIN + NAMES + half + MIDDLE)
    whole = (room - MIDDLE) / 2
    for place, (name, side) in enumerate(sides.items()):
        box = Box(MARGIN + place * (whole + MIDDLE), begin, whole, PHOTO * shape)
        _side(page, name, side, box)
        more = text_layout.fit(f"more for {name}", half, 9.5, bold=True)
        page.text(more, lefts[place], head - 20, bold=True)
    for number, row in enumerate(rows):
        y = head + number * line
        layer_name(page, row.name, [row.detail], MARGIN, y, NAMES - 18, scale=row.scale)
        for left, some in zip(lefts, (row.first, row.other), strict=True):
            for place, pair in enumerate(some):
                box = Box(left + place * (across + GAP), y, across, tall)
                _draw(page, pair, row.scale, box)
            if not some:
                page.text("none", left, y, size=8.5, color=GRAY)
    return page.figure


def _side(page: Page, name: str, side: Activations, box: Box) -> None:
    """A photo, its name below it, and its classes to the right of it."""
    page.picture(side.photo, Box(box.left, box.top, PHOTO, box.height))
    page.text(text_layout.fit(name, PHOTO, 8.5), box.left, box.top + box.height + 2)
    left = box.left + PHOTO + 14
    bars(page, side.top, Box(left, box.top, box.left + box.width - left, box.height))


def _draw(page: Page, pair: Pair, scale: Scale, box: Box) -> None:
    """Both maps, the pictures to the right of them, the words below."""
    seen = [*(scale.color(some) for some in pair.maps), *pair.pictures]
    for place, some in enumerate(seen):
        where = Box(box.left + place * (SIDE + SEAM), box.top, SIDE, box.height)
        page.picture(some, where, squares=place < len(pair.maps))
    both = Box(box.left, box.top, len(seen) * (SIDE + SEAM) - SEAM, box.height)
    tile.draw_label(page, pair.label, pair.value, both)
