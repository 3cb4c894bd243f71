"""What a method finds: a map, and what it knows about the map."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.errors import InputError
from convscope.images import BEHIND

BASELINE = float(BEHIND)  # mid gray: what stands for 'nothing to see'


@dataclass(frozen=True, eq=False)
class Heat(Brief):
    """A method's finding.

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


def over_colours(numbers: np.ndarray) -> np.ndarray:
    """Sum (..., height, width, channels) over the colours, which keeps sign and sum."""
    total: np.ndarray = numbers.sum(axis=-1, dtype="float64")
    return total


def whole(name: str, value: Any) -> int:
    """Read a setting that counts something."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"Expected {name} to be a whole number from 1. Received: {value!r}.")
    return int(value)


def count_within(name: str, value: Any, low: int, high: int) -> int:
    """Read a setting that counts something that only so many of fit."""
    count = whole(name, value)
    if not low <= count <= high:
        raise InputError(f"Expected {name} to be from {low} to {high}. Received: {count}.")
    return count


def between(name: str, value: Any, high: float = 1.0) -> float:
    """Read a setting from 0 to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"Expected {name} to be a number. Received: {value!r}.")
    if not 0 <= value <= high:
        raise InputError(f"Expected {name} to be from 0 to {high:g}. Received: {value!r}.")
    return float(value)
