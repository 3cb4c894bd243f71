"""Kernel SHAP: the Shapley values of the squares of a photo."""

from collections.abc import Iterator

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.validation import between, whole


def kernel_shap(
    decision: Explanation, *, samples: int, cells: int, baseline: float
) -> AttributionMap:
    """The Shapley values of the squares of a grid, by least squares (Lundberg 2017).

    A square is visible, or covered with gray. Values are fitted to the scores of coalitions of
    squares, and sum to f(x) - f(gray) by construction. Coalitions are drawn with the probabilities
    of the Shapley kernel, so that all count equally in the fit, and each with its complement, which
    reduces the variance (Covert 2021). The result is exact if squares simply add up, with some more
    samples than squares; with fewer, the remainder is shared evenly. A square's value is shared
    among its pixels. The libraries for this and for LIME have hundreds of megabytes of
    dependencies.
    """
    samples, level = whole("samples", samples), between("baseline", baseline)
    photo, nothing = decision.photo, np.full_like(decision.photo, level)
    cells = whole("cells", cells, 2, min(photo.shape[:2]))
    squares = squares_of(photo.shape[:2], cells)
    there = np.stack(list(coalitions(decision.seed, samples, cells * cells)))
    pictures = (np.where(row[squares][:, :, None], photo, nothing) for row in there)
    scores = decision.scores(pictures, total=samples).astype("float64")
    baseline_score = float(decision.scores([nothing])[0])
    whole_score = decision.score - baseline_score
    values = shapley_values(there, scores - baseline_score, whole_score)
    found = (values / np.bincount(squares.ravel()))[squares]
    return AttributionMap(found, baseline_score, gap=float(found.sum()) - whole_score)


def squares_of(size: tuple[int, int], cells: int) -> np.ndarray:
    """Return the number of the square that each pixel of (height, width) is in.

    Example:
        >>> squares_of((2, 4), 2)
        array([[0, 0, 1, 1],
               [2, 2, 3, 3]])
    """
    down, across = (np.arange(side) * cells // side for side in size)
    return down[:, None] * cells + across


def coalitions(seed: int, samples: int, players: int) -> Iterator[np.ndarray]:
    """Return a coalition, (players,) booleans: pairs of complements, each keyed by (seed, pair)."""
    sizes = np.arange(1, players)
    # The kernel weighs all coalitions of a size together by (players - 1) / (size others).
    chances = 1 / (sizes * (players - sizes))
    for pair in range(-(-samples // 2)):
        draw = np.random.default_rng([seed, pair])
        size = draw.choice(sizes, p=chances / chances.sum())
        row = np.zeros(players, bool)
        row[draw.permutation(players)[:size]] = True
        yield row
        if 2 * pair + 1 < samples:
            yield ~row


def shapley_values(there: np.ndarray, gains: np.ndarray, whole_gain: float) -> np.ndarray:
    """Return values (players,) that sum to ``whole_gain`` and fit the ``gains`` of coalitions best.

    Args:
        there: (samples, players), who was in each coalition.
        gains: (samples,), what each scored beyond nobody.
        whole_gain: what all score together beyond nobody.
    """
    even = whole_gain / there.shape[1]
    # Values differ from an even share by amounts that sum to zero: a constant part is not theirs.
    across = there - there.mean(axis=1, keepdims=True)
    rest = gains - even * there.sum(axis=1)
    return np.asarray(even + np.linalg.lstsq(across, rest, rcond=None)[0])
