"""Deletion and insertion: the confidence as pixels are removed or added by their rank."""

from collections.abc import Iterator, Sequence

import numpy as np

from convscope.attribution.evaluation.confidence import Confidence
from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings, Score
from convscope.backend import ops, to_numpy
from convscope.images import Picture
from convscope.transforms.blur import Blur


def deletion(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> list[Score]:
    """The area under the confidence as the highest pixels turn gray first (Petsiuk 2018).

    If the map is right, the confidence falls after a few pixels: a small area is good.
    """
    return [
        _score(case, trial, case.decision.photo, np.full_like(case.decision.photo, trial.baseline))
        for case in cases
    ]


def insertion(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> list[Score]:
    """The area under the confidence as the highest pixels of a blurred photo turn sharp first.

    Petsiuk 2018 blurs the photo so that no new edges are made; a large area is good.
    """
    return [
        _score(case, trial, blurred(case.decision.photo, trial.blur), case.decision.photo)
        for case in cases
    ]


def passes(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> int:
    """Return how many pictures one of the two shows the network."""
    return len(cases) * (trial.steps + 1)


def _score(case: EvaluatedMap, trial: EvaluationSettings, start: Picture, end: Picture) -> Score:
    confidence = Confidence.of(case.decision, trial.baseline)
    if confidence.why:
        return Score.none(confidence.why)
    curve = confidence(
        crossing(start, end, ranking(case.map, trial.seed, trial.side(start)), trial.steps)
    )
    ends = {"first": float(curve[0]), "last": float(curve[-1])}
    return Score(area(curve), curve=curve, detail=ends)


def ranking(heat: np.ndarray, seed: int, side: int = 1) -> np.ndarray:
    """Return the pixels of a map, as flat indices, from the highest to the lowest value.

    They go in squares, by the mean of the map there; squares at the far edges are cut. Squares of
    equal value, and the pixels of each, are in random order, so that no corner is preferred.

    Args:
        heat: (height, width).
        seed: of the random order.
        side: of the squares, in pixels.
    """
    down, across = (np.arange(length) // side for length in heat.shape)
    square = (down[:, None] * (across[-1] + 1) + across).ravel()
    means = np.bincount(square, heat.ravel()) / np.bincount(square)
    chance = np.random.default_rng([seed, heat.size])
    within = chance.permutation(heat.size)
    place = np.empty(len(means), "int64")
    place[np.lexsort((chance.permutation(len(means)), -means))] = np.arange(len(means))
    return np.lexsort((within, place[square]))


def crossing(start: Picture, end: Picture, order: np.ndarray, steps: int) -> Iterator[Picture]:
    """Return pictures from ``start`` to ``end``, whose pixels change in that order: steps + 1."""
    now = start.copy()
    flat, target = now.reshape(-1, now.shape[2]), end.reshape(-1, end.shape[2])
    ends = np.rint(np.linspace(0, len(order), steps + 1)).astype("int64")
    before = 0
    for place in ends:
        flat[order[before:place]] = target[order[before:place]]
        before = place
        yield now.copy()


def area(curve: np.ndarray) -> float:
    """Return the area under points at equal distances from 0 to 1, joined by straight lines.

    Example:
        >>> area(np.array([1.0, 0.5, 0.0]))
        0.5
    """
    return float((curve[:-1] + curve[1:]).mean() / 2)


def blurred(photo: Picture, share: float) -> Picture:
    """Return the photo, blurred by a Gaussian whose sigma is a share of its shorter side."""
    sigma = np.array([share * min(photo.shape[:2])], "float32")
    soft = Blur.apply(ops.convert_to_tensor(photo[None], "float32"), ops.convert_to_tensor(sigma))
    return np.clip(to_numpy(soft, "float32")[0], 0, 1)
