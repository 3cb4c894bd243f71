"""What the score gathers on the way from nothing to the photo."""

import numpy as np

from convscope.attribution.decision import Decision
from convscope.attribution.heat import Heat, between, over_colours, whole


def integrated_gradients(decision: Decision, *, steps: int, baseline: float) -> Heat:
    """(x - x') times the mean slope on the straight line from x' to x (Sundararajan 2017).

    The baseline x' is one gray, mid gray by default; what has its colour gets nothing. The map
    sums to f(x) - f(x') as the steps grow; the gap says how far it is from that. Steps are taken in
    their middle, which is exact where the slope is constant, whatever their number.
    """
    steps, level = whole("steps", steps), between("baseline", baseline)
    photo, start = decision.photo, np.full_like(decision.photo, level)
    shares = (np.arange(steps) + 0.5) / steps
    slopes = decision.slopes(start + np.float32(share) * (photo - start) for share in shares)
    found = over_colours((photo - start) * slopes.mean(axis=0, dtype="float64"))
    baseline_score = float(decision.scores([start])[0])
    return Heat(found, baseline_score, gap=found.sum() - (decision.score - baseline_score))
