"""Objectives of activation maximization: weighted sums of units, directions, photos and penalties.

Example:
    >>> from convscope import objectives
    >>> print(objectives.unit("conv:3") - 10 * objectives.penalty("total-variation"))
    conv:3 - 10 * total-variation
"""

from convscope.objectives.factories import (
    alignment,
    box,
    caricature,
    cosine,
    custom,
    direction,
    diversity,
    interpolation,
    inversion,
    like,
    mask,
    penalty,
    unit,
)
from convscope.objectives.objective import (
    CompiledObjective,
    Objective,
    compile_objectives,
    from_unit,
    score_pictures,
)
from convscope.objectives.parser import TERMS, parse

__all__ = [
    "TERMS",
    "CompiledObjective",
    "Objective",
    "alignment",
    "box",
    "caricature",
    "compile_objectives",
    "cosine",
    "custom",
    "direction",
    "diversity",
    "from_unit",
    "interpolation",
    "inversion",
    "like",
    "mask",
    "parse",
    "penalty",
    "score_pictures",
    "unit",
]
