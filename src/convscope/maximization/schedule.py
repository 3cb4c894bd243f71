"""The table of learning-rate schedules, SCHEDULES."""

import math
from collections.abc import Callable

LAST = 1 / 20  # of the full rate: small enough to converge, large enough to move on
RISE = 0.1  # the share of the steps that a warm-up takes


def constant(share: float) -> float:
    """Return the full rate at every step."""
    return 1.0


def linear(share: float) -> float:
    """Return a rate that falls linearly."""
    return 1 - (1 - LAST) * share


def cosine(share: float) -> float:
    """Return a rate that falls along half a cosine."""
    return LAST + (1 - LAST) * (1 + math.cos(math.pi * share)) / 2


def warm_up(share: float) -> float:
    """Return a rate that rises linearly at first and then falls as a cosine."""
    if share < RISE:
        return LAST + (1 - LAST) * share / RISE
    return cosine((share - RISE) / (1 - RISE))


# From the share of the steps that is done, 0 to 1, to a factor of the recipe's rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": cosine,
    "constant": constant,
    "linear": linear,
    "warm-up": warm_up,
}
