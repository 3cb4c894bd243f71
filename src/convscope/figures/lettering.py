"""Text that fits: measured, broken into lines and, if it must be, made smaller."""

import itertools
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

FAMILY = "DejaVu Sans"  # comes with Matplotlib, so a figure looks the same everywhere
LEADING = 1.25  # from one line to the next, as a multiple of the size

# What is drawn is hinted to whole pixels, and up to this much wider than what is measured.
# Repeated by tests/figures/test_page.py::test_text_that_was_fitted_stays_in_its_width.
SLACK = 1.06


@dataclass(frozen=True)
class Lettering:
    """Lines of text at a size in points."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Of all lines together, in points."""
        return len(self.lines) * self.size * LEADING


def fit(text: str, width: float, size: float, *, lines: int = 1, bold: bool = False) -> Lettering:
    """Set text in at most ``lines`` lines no wider than ``width``, smaller only if that fails.

    Breaks come after a space, ':', '/', '_' or '-'. Nothing is ever left out.

    Example:
        >>> fit("predictions:European fire salamander", 110, 8, lines=2).lines
        ('predictions:', 'European fire salamander')
    """
    text = " ".join(text.split())
    parts = re.findall(r".+?(?:[ :/_-]+|$)", text) or [""]
    broken = [
        min(_breaks(parts, count), key=lambda some: max(measure(line, size, bold) for line in some))
        for count in range(1, min(lines, len(parts)) + 1)
    ]
    for some in broken:
        if max(measure(line, size, bold) for line in some) <= width:
            return Lettering(some, size)
    widest = max(measure(line, size, bold) for line in broken[-1])
    return Lettering(broken[-1], size * width / widest)


def measure(text: str, size: float, bold: bool = False) -> float:
    """How wide one line is, at most, in points."""
    return _width_at_ten(text, bold) * size / 10 * SLACK


def font(size: float, bold: bool = False) -> Any:
    """The font at a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


def _breaks(parts: list[str], count: int) -> list[tuple[str, ...]]:
    """All ways to lay parts out in ``count`` lines; of many parts, only the even one."""
    places = range(1, len(parts))
    if len(parts) > 12:
        every = [[round(len(parts) * number / count) for number in range(1, count)]]
    else:
        every = [list(some) for some in itertools.combinations(places, count - 1)]
    return [
        tuple(
            "".join(parts[start:end]).strip()
            for start, end in itertools.pairwise([0, *some, len(parts)])
        )
        for some in every
    ]


@cache
def _width_at_ten(text: str, bold: bool) -> float:
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, font(10, bold), ismath=False)
    return float(width)
