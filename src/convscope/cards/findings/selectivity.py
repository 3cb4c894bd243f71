"""The finding ``selectivity``: whether the picture excites its own unit more than other units."""

import numpy as np

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.networks.units import Unit

FEW = 500  # natural pictures: with so many, the error of a deviation is 3 %

CAVEAT = "A channel is not a concept: units overlap, and the next one may look for nearly the same."


def selectivity(case: Evidence) -> Finding:
    """Return z_v = (a_v(x) - mean_v) / sd_v for all units v, negated for a negative unit."""
    unit = case.unit
    if unit is None or unit.channel is None:
        return Finding.none("selectivity", "this is defined for a single channel, neuron or class")
    found = _moments(case, unit)
    if found is None:
        return Finding.none("selectivity", "no statistics of natural pictures")
    scores = standardised(case.responses(case.result.seen), *found)
    if unit.negative:
        scores = -scores
    if len(scores) < 2:
        return Finding.none("selectivity", "it is the only unit of its layer")
    rank, rival = place(scores, unit.channel)
    margin = float(scores[unit.channel] - scores[rival])
    other = case.network.describe(Unit(unit.layer, rival, unit.at, unit.negative))
    after = "ahead of" if margin >= 0 else "behind"
    return Finding(
        "selectivity",
        f"rank {rank} of the {len(scores)} units of {unit.layer} at z = "
        f"{scores[unit.channel]:.1f}, {abs(margin):.1f} {after} {other}",
        f"{CAVEAT}{_few(case)}",
        {
            "z": float(scores[unit.channel]),
            "rank": rank,
            "units": len(scores),
            "margin": margin,
            "next": other,
            "next_z": float(scores[rival]),
        },
    )


def _few(case: Evidence) -> str:
    """Return a caveat if only few pictures were measured."""
    count = case.natural.statistics.count if case.natural else FEW
    if count >= FEW:
        return ""
    return (
        f" Mean and deviation are of {count} pictures only: another {count} would give other ranks."
    )


def standardised(responses: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return standard scores, (channels,); zero for a unit with a constant response.

    Example:
        >>> standardised(np.array([3.0, 1.0]), np.array([1.0, 0.0]), np.array([2.0, 0.0]))
        array([1., 0.])
    """
    room = np.where(deviation > 0, deviation, 1.0)
    return np.where(deviation > 0, (responses - mean) / room, 0.0)


def place(scores: np.ndarray, own: int) -> tuple[int, int]:
    """Return a unit's rank among the scores, 1 for the highest, and the index of the highest other.

    Example:
        >>> place(np.array([2.0, 5.0, 4.0]), 2)
        (2, 1)
    """
    others = np.where(np.arange(len(scores)) == own, -np.inf, scores)
    return 1 + int((others > scores[own]).sum()), int(others.argmax())


def _moments(case: Evidence, unit: Unit) -> tuple[np.ndarray, np.ndarray] | None:
    """Return mean and deviation of each unit of the layer."""
    if case.natural is None:
        return None
    arrays = case.natural.statistics.arrays
    mean, deviation = (
        arrays.get(f"{unit.layer}/{unit.kind}/{name}") for name in ("mean", "deviation")
    )
    if mean is None or deviation is None:
        return None
    return mean.astype("float64"), deviation.astype("float64")
