"""Randomization: whether a map depends on what the network has learned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings, Score
from convscope.errors import InputError, ModelError
from convscope.networks.patches.randomized import cascading_randomization, layers_with_weights


def randomization(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> list[Score]:
    """How similar the map stays while the network's weights are randomized (Adebayo 2018).

    The layers of a copy are randomized from the last one down, and after some of them the map is
    made again. The similarity is Spearman's rank correlation with the first map, of the values or
    of their magnitudes, whichever is larger. The score is its mean over these stages, since a
    coarse map sometimes resembles another by chance; the ``detail`` has all of them. A method that
    only shows edges stays at 1.
    """
    if not cases:
        return []
    network = cases[0].decision.network
    counts = stages(len(layers_with_weights(network)), trial.stages)
    found: list[list[dict[str, Any]]] = [[] for _ in cases]
    why = [trial.impatience(case) or _flat(case.map) for case in cases]
    try:
        for count, copy in zip(counts, cascading_randomization(network, counts), strict=True):
            for place, case in enumerate(cases):
                if why[place]:
                    continue
                try:
                    now = case.again(replace(case.decision, network=copy))
                except InputError as error:
                    why[place] = f"with {count} layers untrained: {error}"
                else:
                    found[place].append({"layers": count, **alike(case.map, now)})
    except ModelError as error:
        return [Score.none(str(error))] * len(cases)
    return [
        Score.none(reason) if reason else _score(seen)
        for reason, seen in zip(why, found, strict=True)
    ]


def passes(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> int:
    """Return how many pictures it shows the network."""
    return sum((trial.stages + 1) * case.passes for case in cases if not trial.impatience(case))


def stages(layers: int, count: int) -> list[int]:
    """Return how many layers are randomized at each stage: none, the last one, and so on to all.

    Example:
        >>> stages(16, 4)
        [0, 1, 6, 11, 16]
    """
    return sorted({0, *np.rint(np.linspace(1, layers, count)).astype(int).tolist(), layers})


def alike(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Return Spearman's rank correlations of two maps, with their signs and without."""
    return {
        "signed": spearman(one, other),
        "unsigned": spearman(np.abs(one), np.abs(other)),
    }


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of ranks, with shared ranks for equal values; 0 for a constant map."""
    first, second = (ranks(np.ravel(each)) for each in (one, other))
    first, second = first - first.mean(), second - second.mean()
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length else 0.0


def ranks(values: np.ndarray) -> np.ndarray:
    """Return places in rising order, (n,); equal values share the mean of theirs.

    Example:
        >>> ranks(np.array([0.5, 0.1, 0.5]))
        array([1.5, 0. , 1.5])
    """
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count + 1) / 2)[which.ravel()])


def _score(seen: list[dict[str, Any]]) -> Score:
    curve = np.array([max(abs(each["signed"]), abs(each["unsigned"])) for each in seen])
    return Score(float(curve[1:].mean()), curve=curve, detail={"stages": seen})


def _flat(heat: np.ndarray) -> str:
    return "" if np.ptp(heat) else "the map is flat"
