"""A photo, its attribution map, and both together."""

from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import text_layout, tile
from convscope.drawing.blocks import Paragraph, Paragraphs, notes
from convscope.drawing.page import Align, Box, Page
from convscope.drawing.style import ACCENT, GRAY, INK, SIGNED, colormap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COVERING = 0.995  # of the pixels lie within the scale: a few wild ones would leave the rest white
MARGIN, GAP = 16, 12
PANEL = 224  # width of each of the three pictures, in points
BAR = 7  # height of the scale
UNDER = 34  # points for the names and the scale below them
SCALE, TICK = 36, 6.5  # height of a map's scale with its words, and their size
SIDES: tuple[Align, Align] = ("left", "right")  # where the words for its ends are


def attribution(
    photo: np.ndarray,
    heat: np.ndarray,
    *,
    title: str,
    caption: str = "",
    says: str = "",
    note: str = "",
    ends: tuple[str, str] = ("against", "for"),
) -> "Figure":
    """Return a figure of the photo, the signed map with its scale, and the map over the photo.

    Args:
        photo: (height, width, channels) in [0, 1].
        heat: (height, width), any range; zero is white, whatever the range.
        title: what was explained.
        caption: how, and with what score.
        says: what a value of the map means.
        note: what to know before looking; shown in colour.
        ends: what values below zero and above it stand for.
    """
    room = 3 * PANEL + 2 * GAP
    words = Paragraphs(
        room,
        [
            Paragraph(title, 13.0, lines=2, bold=True, color=INK),
            *notes([caption, f"Map: {says}." if says else ""], size=8.5, lines=2),
            Paragraph(note[:1].upper() + note[1:], 9.0, lines=2, bold=True, color=ACCENT),
        ],
    )
    head = MARGIN + words.height + 10
    tall = PANEL * tile.proportions(photo)
    page = Page(2 * MARGIN + room, head + tall + UNDER + MARGIN)
    words.draw(page, MARGIN, MARGIN - 2)
    limit = reach(heat)
    panels = {
        "photo": photo,
        "map": diverging(heat, limit),
        "map over photo": overlay(photo, heat, limit),
    }
    for place, (name, picture) in enumerate(panels.items()):
        box = Box(MARGIN + place * (PANEL + GAP), head, PANEL, tall)
        page.picture(picture, box, squares=name != "photo")
        if name == "map":
            scale(page, heat, limit, box, ends)
        below = head + tall + (22 if name == "map" else 4)
        page.text(name, box.left + PANEL / 2, below, size=8, align="center")
    return page.figure


def reach(heat: np.ndarray) -> float:
    """Return the magnitude at the ends of the scale, the same on both sides of zero."""
    sizes = np.abs(heat)
    return float(np.quantile(sizes, COVERING)) or float(sizes.max())


def diverging(heat: np.ndarray, limit: float) -> np.ndarray:
    """Return (height, width) from -limit..limit as colours (height, width, 3) in [0, 1]."""
    share = heat / limit if limit > 0 else np.zeros(heat.shape)
    return colormap(SIGNED, np.clip(share, -1, 1) / 2 + 0.5)


def overlay(photo: np.ndarray, heat: np.ndarray, limit: float) -> np.ndarray:
    """Return the photo in pale gray, with stronger colour for larger values: (height, width, 3).

    Example:
        >>> overlay(np.ones((1, 2, 3)), np.array([[0.0, 0.0]]), 0.0)[0, 0]
        array([1., 1., 1.])
    """
    gray = np.repeat(photo.mean(axis=2, keepdims=True, dtype="float64"), 3, axis=2)
    pale = 0.35 + 0.65 * gray
    share = np.abs(heat) / limit if limit > 0 else np.zeros(heat.shape)
    strength = 0.85 * np.sqrt(np.clip(share, 0, 1))[:, :, None]
    mixed: np.ndarray = (1 - strength) * pale + strength * diverging(heat, limit)
    return mixed


def scale(page: Page, heat: np.ndarray, limit: float, box: Box, ends: tuple[str, str]) -> None:
    """Draw a bar from -limit to limit under a map in ``box``, with zero in its middle."""
    top, right = box.top + box.height + 5, box.left + box.width
    ramp = np.repeat(np.linspace(-1, 1, PANEL)[None], round(BAR * PANEL / box.width), axis=0)
    page.picture(diverging(ramp, 1.0), Box(box.left, top, box.width, BAR), squares=True)
    low, high, end = float(heat.min()), float(heat.max()), tile.number(limit)
    below = f" (to {tile.number(low)})" if low < -limit else ""
    above = f" (to {tile.number(high)})" if high > limit else ""
    texts = [f"-{end}{below}", f"{end}{above}"]
    words = list(ends)
    # If both do not fit beside zero, the values beyond the scale are on the next line.
    if any(text_layout.measure(text, TICK) > box.width / 2 - TICK for text in texts):
        texts = [f"-{end}", end]
        words = [f"{ends[0]}{below}", f"{ends[1]}{above}"]
    middle = box.left + box.width / 2
    page.text("0", middle, top + 9, size=TICK, color=GRAY, align="center")
    for left, align, text, word in zip((box.left, right), SIDES, texts, words, strict=True):
        page.text(text, left, top + 9, size=TICK, color=GRAY, align=align)
        letters = text_layout.fit(word, box.width / 2 - TICK / 2, TICK)
        page.text(letters, left, top + 18, color=GRAY, align=align)
