"""The figure of a unit and the units before it that excite and inhibit it most."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from convscope.connections.connection import Connection
from convscope.drawing import blocks, text_layout, tile
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.header import MARGIN
from convscope.drawing.overlay import diverging
from convscope.drawing.page import Box, Page
from convscope.drawing.style import EXCITE, GRAY, INHIBIT, INK
from convscope.drawing.tile import SEAM, UNDER

if TYPE_CHECKING:
    from convscope.drawing import Figure

SIDE = 84  # of a picture and of a kernel
THIN = 21  # width of a single weight beside a picture
OWN = 144  # of the unit's own picture
GAP, COLUMN, BETWEEN = 10, 24, 14
NAME = 17  # height of the name of a row
FEWEST = 3  # tiles across, at the least, so that the words have room
BAR, SCALE = 8, 20  # height of the scale, without its ends and with them


def connections(
    label: str,
    picture: np.ndarray | None,
    exciting: Sequence[Connection],
    inhibiting: Sequence[Connection],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """Return a figure of the unit, with rows of the units that excite and inhibit it.

    Args:
        label: the unit.
        picture: what it looks for, or None.
        exciting: the strongest first; may be empty.
        inhibiting: the strongest first; may be empty.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    rows = [("Excited by", EXCITE, exciting), ("Inhibited by", INHIBIT, inhibiting)]
    wires = [*exciting, *inhibiting]
    beside = any(wire.picture is not None for wire in wires)
    single = all(wire.kernel.size == 1 for wire in wires)
    wide = THIN if beside and single else SIDE
    across = SIDE + SEAM + wide if beside else SIDE
    most = max(FEWEST * 2 * SIDE // across, len(exciting), len(inhibiting))
    first = MARGIN + OWN + COLUMN
    width = first + most * (across + GAP) - GAP + MARGIN
    room = width - 2 * MARGIN
    heading, words = Paragraphs(room, [blocks.title(title)]), Paragraphs(room, blocks.notes(notes))
    head = MARGIN + heading.height + words.height + 12
    own = text_layout.fit(label, OWN, 10, lines=3, bold=True)
    tall = OWN * tile.proportions(picture) + 8 if picture is not None else 0
    line = NAME + SIDE + UNDER + BETWEEN
    body = max(own.height + 4 + tall + SCALE, len(rows) * line - BETWEEN)
    page = Page(width, head + body + MARGIN)
    heading.draw(page, MARGIN, MARGIN - 2)
    words.draw(page, MARGIN, MARGIN + heading.height)
    page.text(own, MARGIN, head, bold=True)
    under = head + own.height + 4
    if picture is not None:
        page.picture(picture, Box(MARGIN, under, OWN, tall - 8))
    limit = max((float(np.abs(wire.kernel).max()) for wire in wires), default=0.0)
    if wires:
        _scale(page, limit, Box(MARGIN, under + tall, OWN, BAR))
    for number, (name, color, some) in enumerate(rows):
        y = head + number * line
        page.text(name, first, y, size=10, color=color, bold=True)
        for place, wire in enumerate(some):
            box = Box(first + place * (across + GAP), y + NAME, across, SIDE)
            _draw(page, wire, limit, wide, box)
        if not some:
            page.text("nothing", first, y + NAME, size=9, color=GRAY)
    return page.figure


def _draw(page: Page, wire: Connection, limit: float, wide: float, box: Box) -> None:
    """Draw the picture on the left, the kernel on the right, and the name below both."""
    if wire.picture is not None:
        page.picture(wire.picture, Box(box.left, box.top, SIDE, SIDE))
    colors = diverging(wire.kernel, limit)
    if wire.kernel.size == 1:  # as tall as the picture, however thin
        colors = np.repeat(colors, round(SIDE / wide), axis=0)
    page.picture(colors, Box(box.left + box.width - wide, box.top, wide, SIDE), squares=True)
    sign = "+" if wire.strength > 0 else "-"
    tile.draw_label(page, wire.name, sign + tile.number(abs(wire.strength)), box)


def _scale(page: Page, limit: float, box: Box) -> None:
    """Draw a bar from -limit to limit, with zero in its middle."""
    ramp = np.repeat(np.linspace(-1, 1, round(box.width))[None], round(box.height), axis=0)
    page.picture(diverging(ramp, 1.0), box, squares=True)
    end, top = tile.number(limit), box.top + box.height + 1
    middle, right = box.left + box.width / 2, box.left + box.width
    page.text(f"-{end}", box.left, top, size=7, color=GRAY)
    page.text("weight 0", middle, top, size=7, color=INK, align="center")
    page.text(end, right, top, size=7, color=GRAY, align="right")
