"""Evenly spaced indices."""

import numpy as np


def evenly(total: int, count: int) -> list[int]:
    """Return ``count`` of ``total`` indices, evenly spaced, with the first and the last among them.

    Example:
        >>> evenly(7, 3), evenly(2, 3)
        ([0, 3, 6], [0, 1])
    """
    return [int(index) for index in np.linspace(0, total - 1, min(count, total)).round()]
