"""The share of units that got there, over time: one line a tool."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.report import OURS, Records, times

# Okabe and Ito (2008): colours that colour-blind eyes tell apart.
COLOURS = {
    "convscope": "#D55E00",
    "lucent": "#0072B2",
    "tf-keras-vis": "#009E73",
    "xplique": "#CC79A7",
    "horama": "#5B5B5B",
}
INK, FAINT = "#222222", "#6B6B6B"
GAP = 0.05  # between two labels, as a share of the height


def curve(records: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    """The times at which units reach quality, in order, and the share that has by then."""
    reached = [times(record)["quality"] for record in records]
    defined = [time for time in reached if time == time]
    there = sorted(time for time in defined if math.isfinite(time))
    return there, [(number + 1) / len(defined) for number in range(len(there))]


def spread(heights: Sequence[float], gap: float = GAP) -> list[float]:
    """Move labels apart, so that none is nearer to the next than ``gap``; their order stays.

    Example:
        >>> spread([0.5, 0.5], gap=0.2)
        [0.4, 0.6]
    """
    order = np.argsort(heights, kind="stable")
    placed = np.array([heights[place] for place in order], float)
    for _ in range(300):
        placed[0], placed[-1] = max(placed[0], 0.0), min(placed[-1], 1.0)
        for low in range(len(placed) - 1):
            short = gap - (placed[low + 1] - placed[low])
            if short > 1e-9:
                placed[low] -= short / 2
                placed[low + 1] += short / 2
    found = np.empty(len(placed))
    found[order] = placed
    return [round(float(height), 6) for height in found]


def save(rows: Records, path: Path) -> None:
    """Draw the networks whose pictures were judged side by side; nothing if there are none."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = {
        network: {
            tool: curve(records)
            for tool, records in tools.items()
            if not tool.endswith(" steps") and any("seen" in record for record in records)
        }
        for network, tools in rows.items()
    }
    drawn = {network: curves for network, curves in drawn.items() if curves}
    if not drawn:
        return
    figure = Figure(figsize=(6.4 * len(drawn), 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    for place, (network, curves) in enumerate(drawn.items()):
        _panel(figure.add_subplot(1, len(drawn), place + 1), network, curves)
    figure.savefig(path, dpi=150)


def _panel(axes: Any, network: str, curves: Mapping[str, Any]) -> None:
    ends = [time for there, _ in curves.values() for time in there] or [1.0]
    first, last = min(ends) / 1.3, max(ends) * 1.3
    heights = spread([shares[-1] if shares else 0.0 for _, shares in curves.values()])
    for (tool, (there, shares)), height in zip(curves.items(), heights, strict=True):
        family, _, variant = tool.partition(" ")
        look = {
            "color": COLOURS[family],
            "linestyle": "--" if variant else "-",
            "linewidth": 2.4 if tool == OURS else 1.4,
        }
        axes.step([first, *there, last], [0, *shares, (shares or [0])[-1]], where="post", **look)
        end = (shares or [0])[-1]
        axes.annotate(
            f"{tool} {end:.0%}",
            (1.0, end),
            xytext=(1.02, height),
            xycoords=axes.get_yaxis_transform(),
            textcoords=axes.get_yaxis_transform(),
            color=COLOURS[family],
            fontsize=8.5,
            fontweight="bold" if tool == OURS else "normal",
            va="center",
            annotation_clip=False,
        )
    axes.set_xscale("log")
    axes.set_xlim(first, last)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200) if first <= t <= last]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlabel("seconds of ascent, compilation included", color=FAINT)
    axes.set_title(f"{network}: units that reached quality", loc="left", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#ECECEC")
    axes.set_axisbelow(True)
