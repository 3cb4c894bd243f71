"""What measures work with: the maps, the settings and the scores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import BASELINE
from convscope.brief import Brief
from convscope.validation import between, seed, whole

# Along the shorter side. Petsiuk 2018 moves single pixels; then whatever is scattered breaks a
# photo at once, and on SqueezeNet and a bee no method's deletion (0.04 and more) came below that of
# noise (0.03). In squares all maps are asked the same: where. ``square=1`` is the paper's.
SQUARES = 14


@dataclass(frozen=True, eq=False)
class EvaluatedMap(Brief):
    """A map that is evaluated.

    Args:
        name: what tells it from the others.
        decision: what it explains.
        map: (height, width) float64.
        again: makes the map anew, of a decision about another photo or another network.
        passes: how many pictures the network is shown for one map.
        is_control: whether it knows nothing of the network.
    """

    name: str
    decision: Explanation
    map: np.ndarray
    again: Callable[[Explanation], np.ndarray]
    passes: int = 0
    is_control: bool = False


@dataclass(frozen=True)
class EvaluationSettings:
    """The settings of the measures.

    Args:
        steps: of the curves: so many times the next pixels are taken away, or put in.
        square: side, in pixels, of the squares that go together; a ``SQUARES``-th of the photo's
            shorter side by default.
        blur: insertion starts from the photo blurred by a Gaussian of this share of its shorter
            side.
        baseline: the gray that deleted pixels get.
        samples: noisy copies of the photo for sensitivity.
        radius: how far each number of a copy may move, in [0, 1].
        stages: of randomization, after each of which the map is made again.
        patience: maps that show the network more pictures are not made again; None for no limit.
        seed: of the noise, the random map, and the order of pixels of one value.
    """

    steps: int = 32
    square: int | None = None
    blur: float = 1 / 16
    baseline: float = BASELINE
    samples: int = 5
    radius: float = 0.02
    stages: int = 4
    patience: int | None = 400
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "samples", "stages"):
            whole(name, getattr(self, name))
        if self.square is not None:
            whole("square", self.square)
        for name in ("blur", "baseline", "radius"):
            between(name, getattr(self, name))
        seed(self.seed)

    def side(self, photo: np.ndarray) -> int:
        """Return the side of the squares in a photo, in pixels."""
        return self.square or max(1, round(min(photo.shape[:2]) / SQUARES))

    def impatience(self, case: EvaluatedMap) -> str:
        """Return why a map is not made again, or ''."""
        if self.patience is None or case.passes <= self.patience:
            return ""
        return (
            f"a map shows the network {case.passes:,} pictures, and is not made again; "
            "patience=None would"
        )


@dataclass(frozen=True, eq=False)
class Score(Brief):
    """The score of a map by one measure.

    Args:
        value: the number, or None.
        why: the reason why there is none.
        curve: what the number sums up, from nothing done to all done: (n,), or None.
        detail: what else was found, as plain numbers.
    """

    value: float | None
    why: str = ""
    curve: np.ndarray | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def none(cls, why: str) -> "Score":
        """Return a missing score, with the reason."""
        return cls(None, why)


Judge = Callable[[Sequence[EvaluatedMap], EvaluationSettings], list[Score]]
