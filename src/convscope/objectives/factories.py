"""The objectives as functions, one a kind of term."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convscope.errors import InputError, unknown
from convscope.networks.units import Unit
from convscope.objectives.custom import Own
from convscope.objectives.direction import Direction
from convscope.objectives.feature_matching import Caricature, Inversion
from convscope.objectives.objective import Objective
from convscope.objectives.parser import parse
from convscope.objectives.penalties import PENALTIES, Penalty
from convscope.objectives.sets import Alignment, Diversity
from convscope.objectives.term import Term


def unit(address: str | Unit) -> Objective:
    """The response of a unit: 'block5_conv3:17', '-predictions:bee', a range for one of each."""
    return parse(str(address))


def direction(layer: str, vector: np.ndarray) -> Objective:
    """How far a layer's mean response goes in a direction (channels,) of activation space."""
    return _alone(Direction(layer, vector))


def cosine(layer: str, vector: np.ndarray, power: float = 2.0) -> Objective:
    """The same, times the cosine of the angle to it: that direction and no other."""
    return _alone(Direction(layer, vector, power))


def inversion(layer: str, photo: Any) -> Objective:
    """The same responses at a layer as a photo's, which is a path, an array or a Pillow image."""
    return _alone(Inversion(layer, photo))


def caricature(layer: str, photo: Any) -> Objective:
    """The responses of a photo at a layer, exaggerated."""
    return _alone(Caricature(layer, photo))


def diversity(layer: str) -> Objective:
    """Textures at a layer unlike those of the others of a set; see ``gallery(count=...)``."""
    return _alone(Diversity(layer))


def alignment() -> Objective:
    """Pixels like those of the neighbours in a set, such as an ``interpolation``."""
    return _alone(Alignment())


def penalty(name: str) -> Objective:
    """A cost of the picture itself, to be subtracted: a name in ``PENALTIES``."""
    if name not in PENALTIES:
        raise unknown("penalty", name, PENALTIES)
    return _alone(Penalty(name))


def own(
    function: Callable[[Mapping[str, Any]], Any], *layers: str, name: str | None = None
) -> Objective:
    """A score of your own, of the responses of some layers before activation.

    Args:
        function: takes a mapping from each of ``layers`` to (n, height, width, channels) or
            (n, channels); returns (n,). Keras operations only.
        layers: addresses, one at least.
        name: what to call it; the function's own name by default.

    Example:
        ``objectives.own(lambda seen: ops.mean(seen["conv"][..., :4], (1, 2, 3)), "conv")``
    """
    if not layers:
        raise InputError("Expected the layers that the function looks at. Received: none.")
    return _alone(Own(function, layers, name or str(getattr(function, "__name__", "own"))))


def interpolation(
    first: str | Objective, last: str | Objective, count: int = 5
) -> tuple[Objective, ...]:
    """Objectives that lead from one to another in equal steps, for a ``gallery``.

    Example:
        >>> [str(each) for each in interpolation("conv:0", "conv:1", 3)][1]
        '0.5 * conv:0 + 0.5 * conv:1'
    """
    if count < 2:
        raise InputError(f"Expected at least 2 pictures from one to the other. Received: {count}.")
    one, other = (parse(end) if isinstance(end, str) else end for end in (first, last))
    shares = [place / (count - 1) for place in range(count)]
    return tuple((1 - share) * one + share * other for share in shares)


def _alone(term: Term) -> Objective:
    return Objective(((1.0, term),))
