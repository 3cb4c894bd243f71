"""The gradient as Simonyan 2013 shows it: its largest magnitude over the colours."""

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.attribution.methods.table import Method


def gradient_magnitude(decision: Explanation) -> AttributionMap:
    """Return max over the colours of |df/dx|, which has no sign."""
    (slope,) = decision.slopes([decision.photo])
    return AttributionMap(np.abs(slope).max(axis=-1))


GRADIENT_MAGNITUDE = Method(
    gradient_magnitude,
    source="Simonyan 2013",
    says="how much a change of this pixel would change the score, in either direction",
    ends=("", "sensitive"),
)
