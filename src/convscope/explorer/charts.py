"""Lines and bars as points of an SVG: numbers in, attributes out; the page has them as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convscope.brief import Brief
from convscope.datasets.distribution import Natural
from convscope.networks.natural_statistics import Statistics
from convscope.networks.units import Unit

WIDE, TALL = 320, 96  # of a chart, in its own units
ROWS = 12  # of the table beside a chart


@dataclass(frozen=True)
class Chart(Brief):
    """A chart as the path of an SVG of ``WIDE`` by ``TALL``, and its numbers.

    Args:
        path: the attribute 'd' of the line, or of the area.
        mark: where on the horizontal axis something is marked; None for nowhere.
        low: the smallest number on the horizontal axis, as a text.
        high: the largest.
        rows: pairs of texts, for a table.
    """

    path: str
    mark: float | None
    low: str
    high: str
    rows: tuple[tuple[str, str], ...]

    def _brief(self) -> str:
        return f"{self.low} to {self.high}"


def history(scores: Sequence[float | None]) -> Chart | None:
    """Return the score at each step of an ascent; None if there are too few."""
    known = [(step, score) for step, score in enumerate(scores, 1) if score is not None]
    if len(known) < 2:
        return None
    values = np.array([score for _, score in known])
    low, high = float(values.min()), float(values.max())
    across = np.linspace(0, WIDE, len(known))
    down = 4 + (TALL - 8) * (high - values) / ((high - low) or 1.0)
    picked = np.unique(np.linspace(0, len(known) - 1, ROWS).round().astype(int))
    rows = tuple((f"{known[i][0]}", f"{known[i][1]:.4g}") for i in picked)
    return Chart(_line(across, down), None, "1", str(known[-1][0]), rows)


def histogram(natural: Statistics | None, unit: Unit, response: float | None) -> Chart | None:
    """Return the distribution of a unit's responses to natural pictures, with its own marked."""
    found = Natural(natural).histogram(unit) if natural else None
    if found is None:
        return None
    edges = found.edges
    own = None if response is None else (-response if unit.negative else response)
    left, right = float(edges[0]), float(edges[-1])
    span, high = right - left, ""
    if own is not None:
        # A picture may be a hundred times beyond: drawn to scale, the pictures would be a line.
        if own > right + span:
            own, high = right + span / 2, f"this picture: {own:.3g}, not to scale"
        left, right = min(left, own), max(right, own)
    room = (right - left) or 1.0
    across = (edges - left) / room * WIDE
    # The area of a bar is its share; the tallest is as tall as the chart.
    tops = TALL - (TALL - 4) * found.density / (found.density.max() or 1.0)
    path = f"M{across[0]:.1f} {TALL}"
    for start, end, top in zip(across, across[1:], tops, strict=False):
        path += f"L{start:.1f} {top:.1f}L{end:.1f} {top:.1f}"
    path += f"L{across[-1]:.1f} {TALL}Z"
    mark = None if own is None else (own - left) / room * WIDE
    share = found.density * np.diff(edges)
    rows = tuple(
        (f"{low:.3g} to {high:.3g}", f"{part:.1%}")
        for low, high, part in zip(edges, edges[1:], share, strict=False)
    )
    return Chart(path, mark, f"{left:.3g}", high or f"{right:.3g}", rows[:60])


def _line(across: np.ndarray, down: np.ndarray) -> str:
    points = (f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True))
    return f"M{'L'.join(points)}"
