"""The header of a figure: title, notes, the photo, and its likeliest classes."""

from collections.abc import Sequence

import numpy as np

from convscope.drawing import blocks, text_layout
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, GRAY, PALE
from convscope.drawing.tile import proportions

Top = Sequence[tuple[int, str, float]]
Heading = tuple[str, str]  # of a column: what it is called, and what it shows

MARGIN = 16
TITLE, NOTE, CLASS = 14, 9, 9.5  # sizes of text
PHOTO = 144  # width of the photo
GAP = 20  # between photo and bars
BAR, BARS = 24, 420  # height of a class's line, and the width of all of it
NUMBER = 44  # width of a probability
COLUMN, SHOWS = 9.0, 7.5  # sizes of a column's heading
OVER = (COLUMN + SHOWS) * text_layout.LEADING + 12  # height of the line of headings


def height(photo: np.ndarray, notes: Sequence[str], width: float) -> float:
    """Return the height of the header on a page of this width, in points."""
    words = Paragraphs(width - 2 * MARGIN, blocks.notes(notes))
    return MARGIN + TITLE * 1.6 + words.height + 10 + PHOTO * proportions(photo) + 18


def draw(
    page: Page, photo: np.ndarray, top: Top, title: str, notes: Sequence[str], kept: float = 0
) -> None:
    """Draw the title and the notes, and below them the photo and the classes as bars.

    ``kept`` is the width that the bars leave free on their right.
    """
    room = page.width - 2 * MARGIN
    page.text(text_layout.fit(title, room, TITLE, bold=True), MARGIN, MARGIN, bold=True)
    y = Paragraphs(room, blocks.notes(notes)).draw(page, MARGIN, MARGIN + TITLE * 1.6) + 10
    tall = PHOTO * proportions(photo)
    page.picture(photo, Box(MARGIN, y, PHOTO, tall))
    left = MARGIN + PHOTO + GAP
    bars(page, top, Box(left, y, min(BARS, page.width - MARGIN - kept - left), tall))


def column(page: Page, heading: Heading, left: float, top: float, width: float) -> None:
    """Write the heading of a column and, below it, an explanation: ``OVER`` points high."""
    called, shows = heading
    page.text(text_layout.fit(called, width, COLUMN, bold=True), left, top, bold=True)
    below = top + COLUMN * text_layout.LEADING
    page.text(text_layout.fit(shows, width, SHOWS), left, below, color=GRAY)


def bars(page: Page, top: Top, box: Box) -> None:
    """Draw the likeliest classes in the box, one below the other, if there are any."""
    words = min(
        0.5 * box.width, max((text_layout.measure(label, CLASS) for _, label, _ in top), default=0)
    )
    line = min(BAR, box.height / max(1, len(top)))
    start = box.top + (box.height - line * len(top)) / 2
    for place, (_, label, probability) in enumerate(top):
        _bar(page, label, probability, Box(box.left, start + place * line, box.width, line), words)


def _bar(page: Page, label: str, probability: float, box: Box, words: float) -> None:
    """Draw one class: its label, ``words`` wide, a bar from 0 to 1, and the probability."""
    letters = text_layout.fit(label, words, CLASS)
    middle = box.top + box.height / 2
    page.text(letters, box.left + words, middle - letters.height / 2, align="right")
    track = Box(box.left + words + 8, middle - 5, box.width - words - 8 - NUMBER, 10)
    page.bar(track, PALE)
    page.bar(Box(track.left, track.top, track.width * probability, track.height), ACCENT)
    page.text(f"{probability:.1%}", track.left + track.width + 6, middle - 6, size=CLASS)
