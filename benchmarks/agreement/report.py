"""From maps to figures, and from figures to a table."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement.rows import ROWS, TOOLS, Row
from benchmarks.peers.environments import REQUIREMENTS as PEERS
from benchmarks.peers.report import table

REQUIREMENTS = Path(__file__).with_name("requirements")
ENOUGH = 0.999  # the least correlation over all photos that one definition should come to
HEAD = ("Method", "Tool", "Theirs", "Correlation", "least", "Scale", "What was made equal")
OTHER = (*HEAD[:5], "Why they are not the same")


def agreement(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """How much two tools' maps of the same photos are alike: (n, height, width) each.

    Returns:
        The mean and the least over the photos of Pearson's correlation over all pixels, and the
        ratio of theirs to ours in size, that of the photo where it is farthest from 1.
    """
    pairs = list(zip(ours.astype("float64"), theirs.astype("float64"), strict=True))
    alike = [_correlation(a, b) for a, b in pairs]
    sizes = [np.linalg.norm(b) / np.linalg.norm(a) if a.any() else math.nan for a, b in pairs]
    farthest = max(sizes, key=lambda size: abs(math.log(size)) if size > 0 else math.inf)
    return {"mean": float(np.mean(alike)), "least": float(min(alike)), "scale": float(farthest)}


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / size) if size else math.nan


def line(row: Row, found: Mapping[str, Any]) -> list[str]:
    """The cells of a row."""
    names = [row.ours, row.tool, row.theirs]
    if "mean" not in found:
        cells = [found["error"], "", *([""] if row.same else [])]
    else:
        cells = [three(found["mean"]), three(found["least"])]
        if row.same:
            cells.append(f"{found['scale']:.4g}" if row.kept else "-")
    return [*names, *cells, row.note]


def three(value: float) -> str:
    """A correlation, rounded down, so that 1 means 1.

    Example:
        >>> three(0.99996), three(0.9999999), three(float("nan"))
        ('0.9999', '1.0000', '-')
    """
    if math.isnan(value):
        return "-"
    whole = value > 1 - 1e-6
    return "1.0000" if whole else f"{math.floor(value * 1e4) / 1e4:.4f}"


def markdown(found: Mapping[str, Mapping[str, Any]], photos: int) -> str:
    """The whole report.

    Args:
        found: by network, by the row's number in ``ROWS`` as text.
        photos: how many were explained.
    """
    out = [
        "# Our maps beside those of other tools",
        "",
        f"Made by `python -m benchmarks.agreement`: {photos} photos, the likeliest class of each, "
        "its score before softmax, on networks of the same weights. *Correlation* is Pearson's "
        "over all pixels of a photo: the mean over the photos, and the least. *Scale* is the size "
        "of theirs over that of ours, for the photo where it is farthest from 1. What each tool is "
        "told: [rows.py](rows.py) and [workers](workers).",
        "",
        *(f"- {tool}: {packages(tool)}" for tool in TOOLS),
        "",
    ]
    for network, rows in found.items():
        out += [f"## {network}", "", *_summary(rows), ""]
        for same, head in ((True, HEAD), (False, OTHER)):
            title = "One definition" if same else "As their users get them"
            lines = [
                line(row, rows[str(number)])
                for number, row in enumerate(ROWS)
                if row.same == same and str(number) in rows
            ]
            out += [f"### {title}", "", *table(head, lines), ""]
    return "\n".join(out)


def _summary(rows: Mapping[str, Any]) -> Sequence[str]:
    same = [rows[str(n)] for n, row in enumerate(ROWS) if row.same and str(n) in rows]
    done = [each for each in same if "least" in each]
    good = sum(each["least"] >= ENOUGH for each in done)
    text = f"Of {len(done)} comparisons of one definition, {good} agree for every photo to {ENOUGH}"
    left = len(same) - len(done)
    return [f"{text}; {left} could not be made." if left else f"{text}."]


def packages(tool: str) -> str:
    """The versions that a tool's environment is pinned to."""
    own = TOOLS[tool]
    path = (PEERS if own.shared else REQUIREMENTS) / f"{own.worker}.txt"
    pinned = dict(text.split("==") for text in path.read_text().splitlines() if "==" in text)
    return ", ".join(f"{name} {pinned[name]}" for name in own.packages)
