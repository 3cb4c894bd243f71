"""Text that fits: measured, broken into lines and, if necessary, made smaller."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from convscope.drawing.glyphs import families, legible

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

LEADING = 1.25  # from one line to the next, as a multiple of the size

# Drawn text is hinted to whole pixels, and up to this much wider than measured.
# Repeated by tests/drawing/test_text_layout.py::test_drawn_text_is_no_wider_than_measured.
SLACK = 1.06

SMALLER = 0.95  # how much smaller text gets at a time, until it fits


@dataclass(frozen=True)
class TextBlock:
    """Lines of text at a size in points."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """The height of all lines together, in points; 0 without text."""
        return len(self.lines) * self.size * LEADING if any(self.lines) else 0.0


def fit(text: str, width: float, size: float, *, lines: int = 1, bold: bool = False) -> TextBlock:
    """Return text in at most ``lines`` lines no wider than ``width``, made smaller if necessary.

    Breaks come after a space, ':', '/', '_' or a hyphen; a minus stays with its number. Nothing is
    ever left out.

    Example:
        >>> fit("predictions:European fire salamander", 110, 8, lines=2).lines
        ('predictions:European fire', 'salamander')
    """
    text = legible(" ".join(text.split()))
    parts = re.findall(r".+?(?:[ :/_]+|(?<=\w)(?<!\de)-+|$)", text) or [""]
    while True:
        filled = _filled(parts, width, size, bold)
        if len(filled) <= lines and all(measure(line, size, bold) <= width for line in filled):
            return TextBlock(filled, size)
        size *= SMALLER


def measure(text: str, size: float, bold: bool = False) -> float:
    """Return how wide one line is, at most, in points."""
    return _width_at_ten(legible(text), bold) * size / 10 * SLACK


def font(size: float, bold: bool = False, text: str = "") -> "FontProperties":
    """Return the font at a size in points, with fonts for the characters that it lacks."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=families(text), size=size, weight="bold" if bold else "normal")


def _filled(parts: list[str], width: float, size: float, bold: bool) -> tuple[str, ...]:
    """Return lines with as many parts as fit; a part that is too wide gets its own line."""
    lines = [""]
    for part in parts:
        if lines[-1] and measure((lines[-1] + part).strip(), size, bold) > width:
            lines.append("")
        lines[-1] += part
    return tuple(line.strip() for line in lines)


@cache
def _width_at_ten(text: str, bold: bool) -> float:
    from matplotlib.textpath import text_to_path

    face = font(10, bold, text)
    width, _, _ = text_to_path.get_text_width_height_descent(text, face, ismath=False)
    return float(width)
