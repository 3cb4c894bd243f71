"""The figure of a card: one picture with the evidence about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.blocks import Paragraphs, notes
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, BARS, GRAY, INK, LOUD, PALE
from convscope.drawing.tile import number, proportions

if TYPE_CHECKING:
    from convscope.drawing import Figure

MARGIN, GAP = 16, 10
WIDTH = 760 - 2 * MARGIN  # of what is on the page
MAIN = 150  # width of the pictures at the top
# Height of the histogram; room beside it, and under it for its axis.
PLOT, LEFT, BELOW = 150, 14, 34
LEGEND = 30  # height of what is written above the histogram
SMALL, NAME = 84, 92  # width of the pictures in strips, and of the strips' names
FINDING = 92  # width of a finding's name
TITLE, TEXT, CAPTION = 13.0, 8.5, 7.5
MINUS = "\N{MINUS SIGN}"  # as on the axis; a line may break after a hyphen
MARKS = (ACCENT, GRAY, LOUD)  # of what is marked in the histogram


@dataclass(frozen=True, eq=False)
class Strip:
    """Pictures in a row: its name, pictures (height, width, channels) in [0, 1], and captions."""

    name: str
    pictures: Sequence[np.ndarray]
    captions: Sequence[str]


@dataclass(frozen=True, eq=False)
class Plot:
    """A histogram with places marked on it.

    Args:
        edges: of its stretches, one more than there are.
        density: of each stretch.
        marks: what is marked and where; at most three.
        ticks: other places, without names: pictures from other seeds.
        label: of the axis.
    """

    edges: np.ndarray
    density: np.ndarray
    marks: Sequence[tuple[str, float]]
    ticks: Sequence[float]
    label: str


def card(
    title: str,
    note: str,
    main: Strip,
    plot: Plot | None,
    strips: Sequence[Strip],
    findings: Sequence[tuple[str, str, str]],
    limits: Sequence[str],
) -> "Figure":
    """Return a figure of a picture, the pictures it is compared with, and the findings.

    Args:
        title: what it is.
        note: stands below the title, or ''.
        main: the picture, and up to two others as large.
        plot: the responses to natural pictures, if they are known.
        strips: rows of smaller pictures.
        findings: name, sentence and caveat of each.
        limits: what no card shows.
    """
    heading = text_layout.fit(title, WIDTH, TITLE, lines=2, bold=True)
    loud = text_layout.fit(note, WIDTH, TEXT, lines=3)
    top = MARGIN + heading.height + loud.height + 8
    blocks: list[_Main | _Strip | _Finding] = [
        _Main(main, plot),
        *map(_Strip, strips),
        *(_Finding(*each) for each in findings),
    ]
    last = Paragraphs(WIDTH, notes(limits, size=CAPTION, lines=3))
    page = Page(
        WIDTH + 2 * MARGIN, top + sum(block.height for block in blocks) + 8 + last.height + MARGIN
    )
    page.text(heading, MARGIN, MARGIN - 2, bold=True)
    page.text(loud, MARGIN, MARGIN + heading.height, color=LOUD)
    for block in blocks:
        block.draw(page, top)
        top += block.height
    page.bar(Box(MARGIN, top, WIDTH, 0.8), PALE)
    last.draw(page, MARGIN, top + 8)
    return page.figure


class _Main:
    """The large pictures at the left, the histogram in the room that is left."""

    def __init__(self, strip: Strip, plot: Plot | None) -> None:
        self._strip, self._plot = strip, plot
        self._wide = min(MAIN, (WIDTH - GAP * (len(strip.pictures) - 1)) / len(strip.pictures))
        tall = max(self._wide * proportions(picture) for picture in strip.pictures)
        self._tall = tall
        room = PLOT + LEGEND + BELOW if plot else 0
        self.height = max(tall + 16, room) + GAP

    def draw(self, page: Page, top: float) -> None:
        """Draw it from ``top`` downwards."""
        left: float = MARGIN
        for picture, caption in zip(self._strip.pictures, self._strip.captions, strict=True):
            place = page.picture(picture, Box(left, top, self._wide, self._tall))
            letters = text_layout.fit(caption, self._wide, TEXT)
            page.text(letters, left, place.top + place.height + 2)
            left += self._wide + GAP
        if self._plot:
            room = MARGIN + WIDTH - left - LEFT
            _histogram(page, self._plot, Box(left + LEFT, top + LEGEND, room, PLOT))


class _Strip:
    """A row of small pictures with its name at the left."""

    def __init__(self, strip: Strip) -> None:
        self._strip = strip
        self._name = text_layout.fit(strip.name, NAME - 8, TEXT, lines=3, bold=True)
        count = len(strip.pictures)
        self._wide = min(SMALL, (WIDTH - NAME - GAP * (count - 1)) / count)
        self._tall = max(self._wide * proportions(picture) for picture in strip.pictures)
        self._captions = [text_layout.fit(text, self._wide, CAPTION) for text in strip.captions]
        self.height = self._tall + 4 + max(each.height for each in self._captions) + GAP

    def draw(self, page: Page, top: float) -> None:
        """Draw it from ``top`` downwards."""
        page.text(self._name, MARGIN, top, bold=True)
        left: float = MARGIN + NAME
        for picture, caption in zip(self._strip.pictures, self._captions, strict=True):
            page.picture(picture, Box(left, top, self._wide, self._tall))
            page.text(caption, left, top + self._tall + 2, color=GRAY)
            left += self._wide + GAP


class _Finding:
    """A name, a sentence and its caveat."""

    def __init__(self, name: str, says: str, caveat: str) -> None:
        room = WIDTH - FINDING
        self._name = text_layout.fit(name, FINDING - 8, TEXT, bold=True)
        self._says = text_layout.fit(says, room, TEXT, lines=3)
        self._caveat = text_layout.fit(caveat, room, CAPTION, lines=3)
        self.height = max(self._name.height, self._says.height) + self._caveat.height + 5

    def draw(self, page: Page, top: float) -> None:
        """Draw it from ``top`` downwards."""
        page.text(self._name, MARGIN, top, bold=True)
        page.text(self._says, MARGIN + FINDING, top)
        page.text(self._caveat, MARGIN + FINDING, top + self._says.height + 1, color=GRAY)


def _histogram(page: Page, plot: Plot, box: Box) -> None:
    """Draw the density in gray and the marked places as lines, with their meaning above."""
    axes = page.axes(box)
    axes.stairs(plot.density, plot.edges, fill=True, color=BARS)
    places = [*plot.edges, *plot.ticks, *(place for _, place in plot.marks)]
    low, high = min(places), max(places)
    room = 0.03 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0, float(plot.density.max()) * 1.05)
    for tick in plot.ticks:
        axes.axvline(tick, ymax=0.35, color=ACCENT, linewidth=0.9)
    words = [f"{name} {number(place)}".replace("-", MINUS) for name, place in plot.marks]
    words += ["other seeds: short lines"] if plot.ticks else []
    across = box.left
    for (_, place), color in zip(plot.marks, MARKS, strict=False):
        axes.axvline(place, color=color, linewidth=1.8)
    for word, color in zip(words, [*MARKS[: len(plot.marks)], ACCENT], strict=False):
        wide = (box.width - GAP * (len(words) - 1)) / len(words)
        letters = text_layout.fit(word, wide, TEXT, lines=2)
        page.text(letters, across, box.top - LEGEND + 2, color=color)
        across += wide + GAP
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    label = text_layout.fit(plot.label, box.width, TEXT)
    axes.set_xlabel(label.lines[0], fontproperties=text_layout.font(label.size), color=INK)
