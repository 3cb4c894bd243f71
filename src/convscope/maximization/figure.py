"""The figure of one ascent: the picture that it made, and its score over the steps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, GRAY, INK

if TYPE_CHECKING:
    from convscope.drawing import Figure

MARGIN = 16
PICTURE, PLOT = 224, 320  # width of the picture and of the plot, in points


def ascent(picture: np.ndarray, title: str, caption: str, history: Sequence[float]) -> "Figure":
    """Return a figure with the picture on the left and the score at each step on the right.

    Args:
        picture: (height, width, channels) in [0, 1].
        title: what was maximized.
        caption: how well.
        history: the score before each step.
    """
    room = PICTURE + 62 + PLOT
    tall = PICTURE * float(np.clip(picture.shape[0] / picture.shape[1], 0.6, 2))
    heading = text_layout.fit(title, room, 13, lines=2, bold=True)
    under = text_layout.fit(caption, room, 8.5, lines=2)
    top = MARGIN + heading.height + under.height + 10
    page = Page(2 * MARGIN + room, top + tall + MARGIN)
    page.text(heading, MARGIN, MARGIN - 2, bold=True)
    page.text(under, MARGIN, MARGIN + heading.height, color=GRAY)
    page.picture(picture, Box(MARGIN, top, PICTURE, tall))
    axes = page.axes(Box(MARGIN + PICTURE + 62, top + 14, PLOT, tall - 14 - 32))
    steps = np.arange(1, len(history) + 1)
    axes.plot(steps, history, color=ACCENT, linewidth=1.6, marker="." if len(history) < 3 else "")
    axes.grid(axis="y", color=GRAY, alpha=0.18, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(x=0.02)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("step", fontproperties=text_layout.font(8.5), color=INK)
    axes.set_ylabel("score", fontproperties=text_layout.font(8.5), color=INK)
    return page.figure
