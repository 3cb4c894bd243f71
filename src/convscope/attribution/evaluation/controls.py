"""Control maps that ignore the network; a method must beat them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from convscope.attribution.decision import Explanation

Control = Callable[[Explanation], np.ndarray]  # to a map (height, width)

SPREAD = 0.25  # of the Gaussian, as a share of each side


def random(decision: Explanation) -> np.ndarray:
    """Noise; the same for any photo and any network."""
    size = decision.photo.shape[:2]
    return np.random.default_rng([decision.seed, 2]).standard_normal(size)


def center(decision: Explanation) -> np.ndarray:
    """A Gaussian around the middle, where photographers put things."""
    down, across = (
        np.exp(-(((np.arange(side) + 0.5) / side - 0.5) ** 2) / (2 * SPREAD**2))
        for side in decision.photo.shape[:2]
    )
    return np.outer(down, across)


def edges(decision: Explanation) -> np.ndarray:
    """The local contrast of the photo; Adebayo 2018 found maps that show hardly more."""
    gray = np.pad(decision.photo.mean(axis=2, dtype="float64"), 1, mode="edge")
    down = (gray[2:, 1:-1] - gray[:-2, 1:-1]) / 2
    across = (gray[1:-1, 2:] - gray[1:-1, :-2]) / 2
    return np.hypot(down, across)


RANDOM = "random"  # the one that every method is compared with

CONTROLS: dict[str, Control] = {RANDOM: random, "center": center, "edges": edges}

SAYS: dict[str, Any] = {
    RANDOM: "noise",
    "center": "a Gaussian about the middle",
    "edges": "the photo's own edges",
}
