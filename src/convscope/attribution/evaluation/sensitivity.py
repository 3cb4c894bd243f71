"""Sensitivity: how much a map changes under small changes of the photo."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings, Score


def sensitivity(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> list[Score]:
    """max |map(x + noise) - map(x)| / |map(x)| over some samples (Yeh 2019).

    The noise is uniform in -radius..radius, and the copy is kept in [0, 1]. Lengths are those of
    the map as a vector.
    """
    return [_score(case, trial) for case in cases]


def passes(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> int:
    """Return how many pictures it shows the network."""
    return sum(trial.samples * case.passes for case in cases if not trial.impatience(case))


def _score(case: EvaluatedMap, trial: EvaluationSettings) -> Score:
    if why := trial.impatience(case):
        return Score.none(why)
    length = float(np.linalg.norm(case.map))
    if not length:
        return Score.none("the map is zero everywhere")
    changes = []
    for sample in range(trial.samples):
        decision = replace(case.decision, photo=noisy(case.decision.photo, trial, sample))
        changes.append(float(np.linalg.norm(case.again(decision) - case.map)) / length)
    return Score(max(changes), detail={"samples": changes})


def noisy(photo: np.ndarray, trial: EvaluationSettings, sample: int) -> np.ndarray:
    """Return a slightly changed copy of the photo, keyed by the sample."""
    draw = np.random.default_rng([trial.seed, sample, 1])
    noise = draw.uniform(-trial.radius, trial.radius, photo.shape)
    return np.clip(photo + noise, 0, 1).astype("float32")
