"""The figure of maps and their scores: a row for each map, a column for each measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import blocks, text_layout, tile
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.overlay import overlay, reach
from convscope.drawing.page import Align, Box, Page
from convscope.drawing.style import ACCENT, GRAY, INK, LOUD, PALE, SHADE, UNDER_CURVE
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

MARGIN, GAP = 16, 12
MAP, NAME = 60, 116  # widths of a map, and of the names beside them
PLOT, NUMBER = 84, 52  # width of a plot, and of a number
LAST = 46  # width of the last column
TALL = 42  # height of a plot
TITLE, HEAD, TEXT, NOTE = 13.0, 8.5, 8.5, 8.0
GOOD = {"low": "low is good", "high": "high is good", "": ""}


@dataclass(frozen=True)
class Column:
    """A measure: its name, which numbers are good, and what its curves run along, or ''."""

    name: str
    better: str
    along: str = ""


@dataclass(frozen=True, eq=False)
class Cell:
    """A score as text, and perhaps a curve.

    ``compared`` is the curve of a control map, drawn in gray.
    """

    text: str
    curve: np.ndarray | None = None
    compared: np.ndarray | None = None
    is_best: bool = False
    is_poor: bool = False


@dataclass(frozen=True, eq=False)
class Line:
    """A map (height, width), its name, a cell a measure, and a last number."""

    name: str
    heat: np.ndarray
    cells: tuple[Cell, ...]
    last: str
    is_control: bool = False


def evaluation(
    photo: np.ndarray,
    lines: Sequence[Line],
    columns: Sequence[Column],
    *,
    title: str,
    notes: Sequence[str] = (),
    last: str = "",
) -> "Figure":
    """Return a figure with a row for each map: over the photo, its curves, its scores.

    Args:
        photo: (height, width, channels) in [0, 1].
        lines: controls come last, below a line.
        columns: one a cell.
        title: one line.
        notes: how to read the columns.
        last: the name of the last number.
    """
    if not lines:
        raise InputError.expected("at least one map to show", "none")
    widths = [(PLOT + 4 if column.along else 0) + NUMBER for column in columns]
    starts = [
        MARGIN + MAP + GAP + NAME + sum(widths[:place]) + place * GAP
        for place in range(len(columns) + 1)
    ]
    room = starts[-1] + LAST - MARGIN
    heading = text_layout.fit(title, room, TITLE, lines=2, bold=True)
    tall = MAP * tile.proportions(photo)
    row = max(tall, TALL) + GAP
    top = MARGIN + heading.height + 12
    names = [
        text_layout.fit(column.name, width, HEAD, lines=2, bold=True)
        for column, width in zip(columns, widths, strict=True)
    ]
    head = max(name.height for name in names) + 24
    controls = any(line.is_control for line in lines)
    under = Paragraphs(room, blocks.notes(notes, size=NOTE, lines=6))
    page = Page(
        2 * MARGIN + room, top + head + len(lines) * row + 18 * controls + 4 + under.height + MARGIN
    )
    page.text(heading, MARGIN, MARGIN - 2, bold=True)
    limits = [_limits(lines, place) for place in range(len(columns))]
    for column, name, start, limit in zip(columns, names, starts, limits, strict=False):
        align: Align = "left" if column.along else "right"
        at = start if column.along else start + NUMBER
        page.text(name, at, top, align=align, bold=True)
        page.text(GOOD[column.better], at, top + name.height, size=7, align=align, color=GRAY)
        if column.along:
            scale = f"{tile.number(limit[0])} to {tile.number(limit[1])}, along {column.along}"
            letters = text_layout.fit(scale, PLOT + NUMBER, 7)
            page.text(letters, start, top + name.height + 9, color=GRAY)
    page.text(last, starts[-1] + LAST, top, size=HEAD, align="right", bold=True)
    y = top + head
    for number, line in enumerate(lines):
        if line.is_control and not (number and lines[number - 1].is_control):
            page.bar(Box(MARGIN, y - 4, room, 0.8), PALE)
            group = "Controls: maps that ignore the network"
            page.text(group, MARGIN, y, size=7.5, color=GRAY)
            y += 18
        page.picture(
            overlay(photo, line.heat, reach(line.heat)), Box(MARGIN, y, MAP, tall), squares=True
        )
        letters = text_layout.fit(line.name, NAME, TEXT + 0.5, lines=3, bold=not line.is_control)
        middle = y + tall / 2
        page.text(
            letters, MARGIN + MAP + GAP, middle - letters.height / 2, bold=not line.is_control
        )
        for cell, column, start, limit in zip(line.cells, columns, starts, limits, strict=False):
            at, align = start + NUMBER, "right"
            if column.along:
                _plot(page, cell, limit, Box(start, middle - TALL / 2, PLOT, TALL))
                at, align = start + PLOT + 6, "left"  # nearer to its own curve than to the next
            color = LOUD if cell.is_poor else ACCENT if cell.is_best else INK
            page.text(
                cell.text, at, middle - 6, size=TEXT, align=align, color=color, bold=cell.is_best
            )
            if cell.is_best or cell.is_poor:
                word = ", ".join(["best"] * cell.is_best + ["fails"] * cell.is_poor)
                page.text(word, at, middle + 5, size=6.5, align=align, color=color)
        page.text(line.last, starts[-1] + LAST, middle - 6, size=TEXT, align="right", color=GRAY)
        y += row
    under.draw(page, MARGIN, y + 4)
    return page.figure


def _plot(page: Page, cell: Cell, limits: tuple[float, float], box: Box) -> None:
    """A curve over pale ground, from left to right; what it is compared with in gray."""
    page.bar(box, SHADE)
    bottom = box.top + box.height
    low, high = limits
    zero = bottom - (0 - low) / (high - low) * box.height
    for curve, color in ((cell.compared, GRAY), (cell.curve, ACCENT)):
        if curve is None:
            continue
        across = box.left + np.linspace(0, 1, len(curve)) * box.width
        down = bottom - (curve - low) / (high - low) * box.height
        if curve is cell.curve:
            page.fill(across, down, zero, UNDER_CURVE)
        page.line(across, down, color, 1.4 if curve is cell.curve else 0.8)


def _limits(lines: Sequence[Line], place: int) -> tuple[float, float]:
    """From the lowest to the highest of a column's curves, zero among them."""
    curves = [line.cells[place].curve for line in lines]
    values = np.concatenate([[0.0], *(curve for curve in curves if curve is not None)])
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (0.0, 1.0)
