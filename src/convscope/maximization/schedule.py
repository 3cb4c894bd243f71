"""How the learning rate changes on the way up: SCHEDULES is the table."""

import math
from collections.abc import Callable

LAST = 1 / 20  # of the full rate: small enough to settle, large enough not to stand still
RISE = 0.1  # the share of the steps that a warm-up takes


def constant(share: float) -> float:
    """The full rate from the first step to the last."""
    return 1.0


def linear(share: float) -> float:
    """Falls along a line."""
    return 1 - (1 - LAST) * share


def cosine(share: float) -> float:
    """Falls slowly, then fast, then slowly, along half a cosine."""
    return LAST + (1 - LAST) * (1 + math.cos(math.pi * share)) / 2


def warm_up(share: float) -> float:
    """Rises along a line first, so that the first steps spoil nothing; then falls as a cosine."""
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
