"""The figure of shares by layer: bars from left to right."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from convscope.drawing import text_layout
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, GRAY, LOUD, PALE

if TYPE_CHECKING:
    from convscope.drawing import Figure

MARGIN = 16
NAMES, SHARE = 150, 200  # widths of the names and of each column of bars, in points
LINE, BAR, GAP = 18, 9, 56  # of one layer; GAP is for the number after a bar
COLORS = (ACCENT, LOUD)


def layer_shares_figure(
    names: Sequence[str], shares: Mapping[str, Sequence[float]], *, title: str
) -> "Figure":
    """Return a figure with a row for each layer, and a column of bars for each share.

    Args:
        names: of the layers.
        shares: by their names, one for each layer in [0, 1].
        title: one line.
    """
    width = 2 * MARGIN + NAMES + len(shares) * (SHARE + GAP)
    heading = text_layout.fit(title, width - 2 * MARGIN, 13, lines=2, bold=True)
    top = MARGIN + heading.height + 28
    page = Page(width, top + len(names) * LINE + MARGIN)
    page.text(heading, MARGIN, MARGIN - 2, bold=True)
    for row, name in enumerate(names):
        page.text(text_layout.fit(name, NAMES - 8, 8.5), MARGIN, top + row * LINE)
    for column, ((share, values), color) in enumerate(zip(shares.items(), COLORS, strict=True)):
        left = MARGIN + NAMES + column * (SHARE + GAP)
        page.text(share, left, top - 20, size=9, color=color, bold=True)
        for row, value in enumerate(values):
            y = top + row * LINE + (LINE - BAR) / 2 - 2
            page.bar(Box(left, y, SHARE, BAR), PALE)
            page.bar(Box(left, y, SHARE * value, BAR), color)
            page.text(_percent(value), left + SHARE + 5, y - 1, size=8, color=GRAY)
    return page.figure


def _percent(share: float) -> str:
    """Return a share in percent; what is not all or nothing is not shown as that."""
    if 0 < share < 0.001 or 0.999 < share < 1:
        return "<0.1 %" if share < 0.5 else ">99.9 %"
    return f"{100 * share:.1f} %" if 0 < share < 1 else f"{100 * share:.0f} %"
