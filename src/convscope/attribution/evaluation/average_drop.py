"""Average drop: the confidence that is lost if only the parts that the map marks are shown."""

from collections.abc import Sequence

import numpy as np

from convscope.attribution.evaluation.confidence import Confidence
from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings, Score
from convscope.images import Picture


def average_drop(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> list[Score]:
    """max(0, Y - O) / Y: Y for the photo, O for the parts that the map marks (Chattopadhay 2018).

    The paper averages this over photos, and also counts in how many of them the confidence
    increases. For one photo, the ``detail`` says whether it does.
    """
    scores = []
    for case in cases:
        confidence = Confidence.of(case.decision, trial.baseline)
        if confidence.why:
            scores.append(Score.none(confidence.why))
            continue
        whole, part = confidence([case.decision.photo, shown(case, trial.baseline)])
        drop = max(0.0, whole - part) / whole
        detail = {"photo": float(whole), "shown": float(part), "increase": bool(part > whole)}
        scores.append(Score(float(drop), detail=detail))
    return scores


def passes(cases: Sequence[EvaluatedMap], trial: EvaluationSettings) -> int:
    """Return how many pictures it shows the network."""
    return 2 * len(cases)


def shown(case: EvaluatedMap, baseline: float) -> Picture:
    """Return the photo where the map is highest, fading to gray where it is zero or below.

    The paper multiplies the photo by the map, from 0 to 1, so that it fades to black. Here gray
    stands for nothing to see, as in the other measures.
    """
    highest = float(case.map.max())
    share = np.clip(case.map / highest, 0, 1) if highest > 0 else np.zeros(case.map.shape)
    photo = case.decision.photo
    return (baseline + share[:, :, None] * (photo - baseline)).astype("float32")
