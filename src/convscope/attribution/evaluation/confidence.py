"""The confidence in a target, as a number with a zero and a one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from convscope.attribution.decision import Explanation, Program
from convscope.brief import Brief
from convscope.networks.units import Unit
from convscope.objectives import CompiledObjective

# The photo must excite the target by this much more than gray does, in shares of both.
APART = 1e-4


@dataclass(frozen=True, eq=False)
class Confidence(Brief):
    """For a class its probability; for other targets the share of its response.

    The share is (f(x) - f(gray)) / (f(photo) - f(gray)): 1 for the photo, 0 for plain gray. It is
    not limited to this range: a part of the photo may excite a unit more than the whole photo.

    Args:
        decision: whose target.
        is_probability: whether it is a class.
        gray: the target's response to plain gray.
    """

    decision: Explanation
    is_probability: bool
    gray: float = 0.0

    @classmethod
    def of(cls, decision: Explanation, baseline: float) -> "Confidence":
        """Return the confidence in a decision's target; ``baseline`` is the value of the gray."""
        if _class(decision):
            return cls(decision, True)
        gray = float(decision.scores([np.full_like(decision.photo, baseline)])[0])
        return cls(decision, False, gray)

    @property
    def why(self) -> str:
        """Why there is no confidence, or ''."""
        room = self.decision.score - self.gray
        if self.is_probability or room > APART * max(abs(self.decision.score), abs(self.gray)):
            return ""
        return "the photo excites the target no more than plain gray does"

    def __call__(self, pictures: Iterable[np.ndarray]) -> np.ndarray:
        """Return one number for each picture: (n,) float64."""
        if not self.is_probability:
            responses = self.decision.scores(pictures).astype("float64")
            return (responses - self.gray) / (self.decision.score - self.gray)
        unit = _class(self.decision)
        assert unit is not None
        network, tap = self.decision.network, self.decision.network.class_tap

        def make(objective: CompiledObjective) -> Program:
            return lambda some, *data: [network.forward(some, [tap])[tap]]

        (values,) = self.decision.run(("opinions", tap), make, pictures)
        found: np.ndarray = network.as_probabilities(values)[:, unit.channel]
        return 1 - found if unit.negative else found


def _class(decision: Explanation) -> Unit | None:
    """Return the class, if the target is one; the negative of a single output is one, too."""
    network, unit = decision.network, decision.target.unit
    if unit is None or network.head is None or unit.layer != network.head.address:
        return None
    if not network.classifies:
        return None
    if unit.channel is None or (unit.negative and network.head.channels > 1):
        return None
    return replace(unit, at=None)
