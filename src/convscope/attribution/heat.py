"""``AttributionMap``: what an attribution method returns, a map and what is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.images import BACKGROUND

BASELINE = float(BACKGROUND)  # mid gray: what stands for 'nothing to see'


@dataclass(frozen=True, eq=False)
class AttributionMap(Brief):
    """The result of an attribution method.

    Args:
        map: (height, width), signed: above zero speaks for the unit, below zero against it.
        baseline_score: the unit's response to the picture that stands for 'nothing to see'.
        gap: what the map's sum is off by, where it is meant to be score minus baseline_score, or
            the score where there is no baseline.
        note: what this finding must not be shown without; '' if nothing.
        used: settings that the method chose itself.
    """

    map: np.ndarray
    baseline_score: float | None = None
    gap: float | None = None
    note: str = ""
    used: Mapping[str, Any] = field(default_factory=dict)


def over_colors(numbers: np.ndarray) -> np.ndarray:
    """Return (..., height, width, channels) summed over the colours, which keeps sign and sum."""
    total: np.ndarray = numbers.sum(axis=-1, dtype="float64")
    return total
