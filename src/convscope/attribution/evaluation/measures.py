"""The table of measures; to add one, write a function and a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from convscope.attribution.evaluation import average_drop, curves, randomization, sensitivity
from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings, Judge


@dataclass(frozen=True)
class Measure:
    """One way to judge maps.

    Args:
        judge: from all maps, and how they are tried, to a ``Score`` of each.
        passes: how many pictures that shows the network, about.
        source: who published it.
        says: how to read the number, in a sentence; {trial.radius} and the like are filled in.
        better: which numbers are; '' where only ``poor`` counts.
        poor: the number from which on a map fails; if None, a map fails that does not beat every
            control.
        along: what a curve runs along; '' if there is none to show.
    """

    judge: Judge
    passes: Callable[[Sequence[EvaluatedMap], EvaluationSettings], int]
    source: str
    says: str
    better: Literal["low", "high", ""]
    poor: float | None = None
    along: str = ""


MEASURES = {
    "deletion": Measure(
        curves.deletion,
        curves.passes,
        "Petsiuk 2018",
        "the mean confidence while squares of {trial.square} pixels turn gray in {trial.steps} "
        "steps, beginning where the map is highest; low is good",
        "low",
        along="share removed",
    ),
    "insertion": Measure(
        curves.insertion,
        curves.passes,
        "Petsiuk 2018",
        "the mean confidence while squares of {trial.square} pixels of the blurred photo turn "
        "sharp in {trial.steps} steps, beginning where the map is highest; high is good",
        "high",
        along="share shown",
    ),
    "average drop": Measure(
        average_drop.average_drop,
        average_drop.passes,
        "Chattopadhay 2018",
        "the share of the confidence that is lost if only the parts that the map marks are shown "
        "and the rest fades to gray; low is good, and easier for wide, smooth maps",
        "low",
    ),
    "sensitivity": Measure(
        sensitivity.sensitivity,
        sensitivity.passes,
        "Yeh 2019",
        "how far the map changes, as a share of its own length, when each value of the photo "
        "changes by up to {trial.radius}: the largest of {trial.samples} samples; low is good, and "
        "from 1 on it is another map",
        "low",
        poor=1.0,
    ),
    "randomization": Measure(
        randomization.randomization,
        randomization.passes,
        "Adebayo 2018",
        "how similar the map stays, by rank correlation, while the weights of layers are "
        "randomized, from the last one down: the mean of {trial.stages} stages; from 0.7 on, half "
        "of the ranks' variance, it fails, since it shows the photo and not what was learned; "
        "coarse maps are more often similar by chance",
        "",
        poor=0.7,
        along="layers randomized",
    ),
}
