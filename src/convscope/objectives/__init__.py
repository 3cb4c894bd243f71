"""Objectives of activation maximization: weighted sums of units, directions, photos and penalties.

Example:
    >>> from convscope import objectives
    >>> print(objectives.unit("conv:3") - 10 * objectives.penalty("total-variation"))
    conv:3 - 10 * total-variation
"""

from convscope.objectives.factories import (
    alignment,
    caricature,
    cosine,
    direction,
    diversity,
    interpolation,
    inversion,
    own,
    penalty,
    unit,
)
from convscope.objectives.objective import Bound, Objective, bound, of_unit, scored
from convscope.objectives.parser import TERMS, parse

__all__ = [
    "TERMS",
    "Bound",
    "Objective",
    "alignment",
    "bound",
    "caricature",
    "cosine",
    "direction",
    "diversity",
    "interpolation",
    "inversion",
    "of_unit",
    "own",
    "parse",
    "penalty",
    "scored",
    "unit",
]
