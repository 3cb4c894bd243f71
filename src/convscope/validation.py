"""Checks of numbers that users give, each with a message of one line."""

import math
import operator
from typing import SupportsFloat, SupportsIndex

from convscope.errors import InputError


def whole(name: str, value: SupportsIndex, low: int = 1, high: int | None = None) -> int:
    """Return a whole number from `low` to `high`, both included.

    Args:
        name: what the number is called in the message.
        value: any whole number, NumPy's included; no boolean.

    Raises:
        InputError: it is none, or out of range.

    Example:
        >>> whole("count", 3)
        3
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = low - 1
    if isinstance(value, bool) or number < low or (high is not None and number > high):
        most = "" if high is None else f" to {high}"
        raise InputError.expected(f"{name} to be a whole number from {low}{most}", repr(value))
    return number


def seed(value: SupportsIndex) -> int:
    """Return a seed: a whole number, 0 or more.

    Raises:
        InputError: it is none.
    """
    return whole("seed", value, low=0)


def between(name: str, value: SupportsFloat | SupportsIndex | str, high: float = 1.0) -> float:
    """Return a number from 0 to `high`, both included.

    Raises:
        InputError: it is no number, or out of range.

    Example:
        >>> between("share", 0.5)
        0.5
    """
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= high:
        raise InputError.expected(f"{name} to be a number from 0 to {high:g}", repr(value))
    return number
