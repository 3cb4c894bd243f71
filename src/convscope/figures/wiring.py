"""A unit, and the units before it that excite and inhibit it most, with their kernels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.figures import lettering, tile
from convscope.figures.attribution import diverging
from convscope.figures.header import MARGIN
from convscope.figures.page import GRAY, INK, Box, Page
from convscope.figures.tile import SEAM, UNDER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 84  # of a picture and of a kernel
OWN = 144  # of the unit's own picture
NAMES = 92  # width of the column that says which row it is
GAP, BETWEEN = 10, 14
FEWEST = 3  # tiles across, at the least, so that the words have room
BAR = (220, 8)  # width and height of the scale
RED, BLUE = "#a4133c", "#1d5fa0"


@dataclass(frozen=True, eq=False)
class Wire:
    """One unit of the layer before.

    Args:
        name: its address.
        kernel: (rows, columns), signed: what its map is weighed with.
        strength: of the connection, signed.
        picture: what it looks for, (height, width, channels) in [0, 1], or None.
    """

    name: str
    kernel: np.ndarray
    strength: float
    picture: np.ndarray | None = None


def wiring(
    label: str,
    picture: np.ndarray | None,
    exciting: Sequence[Wire],
    inhibiting: Sequence[Wire],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> "Figure":
    """The unit's own picture, then a row of what excites it and a row of what inhibits it.

    Args:
        label: the unit.
        picture: what it looks for, or None.
        exciting: the strongest first; may be empty.
        inhibiting: the strongest first; may be empty.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    rows = [("Excited by", RED, exciting), ("Inhibited by", BLUE, inhibiting)]
    wires = [*exciting, *inhibiting]
    beside = any(wire.picture is not None for wire in wires)
    across = 2 * SIDE + SEAM if beside else SIDE
    most = max(FEWEST * (2 * SIDE) // across, len(exciting), len(inhibiting))
    width = 2 * MARGIN + NAMES + most * (across + GAP) - GAP
    room = width - 2 * MARGIN
    heading = lettering.fit(title, room, 13, lines=2, bold=True)
    words = [lettering.fit(note, room, 9, lines=4) for note in notes]
    head = MARGIN + heading.height + sum(letters.height for letters in words) + 12
    tall = OWN * tile.proportions(picture) if picture is not None else 0
    top = head + (tall + UNDER + BETWEEN if picture is not None else 0)
    line = SIDE + UNDER + BETWEEN
    page = Page(width, top + len(rows) * line + 24 + MARGIN)
    page.text(heading, MARGIN, MARGIN - 2, bold=True)
    y = MARGIN + heading.height
    for letters in words:
        page.text(letters, MARGIN, y, color=GRAY)
        y += letters.height
    if picture is not None:
        left = MARGIN + NAMES
        page.picture(picture, Box(left, head, OWN, tall))
        own = lettering.fit(label, room - NAMES, 9, bold=True)
        page.text(own, left, head + tall + 2, bold=True)
    limit = max((float(np.abs(wire.kernel).max()) for wire in wires), default=0.0)
    for number, (name, colour, some) in enumerate(rows):
        y = top + number * line
        page.text(lettering.fit(name, NAMES - 8, 10, bold=True), MARGIN, y, color=colour, bold=True)
        for place, wire in enumerate(some):
            left = MARGIN + NAMES + place * (across + GAP)
            _draw(page, wire, limit, Box(left, y, across, SIDE))
        if not some:
            page.text("nothing", MARGIN + NAMES, y, size=9, color=GRAY)
    _scale(page, limit, MARGIN + NAMES, top + len(rows) * line)
    return page.figure


def _draw(page: Page, wire: Wire, limit: float, box: Box) -> None:
    """The picture at the left, the kernel at the right, and the name below both."""
    if wire.picture is not None:
        page.picture(wire.picture, Box(box.left, box.top, SIDE, SIDE))
    colours = diverging(wire.kernel, limit)
    page.picture(colours, Box(box.left + box.width - SIDE, box.top, SIDE, SIDE))
    sign = "+" if wire.strength > 0 else "-"
    tile.draw_label(page, wire.name, sign + tile.number(abs(wire.strength)), box)


def _scale(page: Page, limit: float, left: float, top: float) -> None:
    """A bar from -limit to limit, zero in its middle."""
    width, height = BAR
    ramp = np.repeat(np.linspace(-1, 1, width)[None], height, axis=0)
    page.picture(diverging(ramp, 1.0), Box(left, top, width, height))
    end = tile.number(limit)
    page.text(f"-{end}", left, top + height + 1, size=7, color=GRAY)
    page.text("weight 0", left + width / 2, top + height + 1, size=7, color=INK, align="center")
    page.text(end, left + width, top + height + 1, size=7, color=GRAY, align="right")
