"""``Objective``: a weighted sum of terms, with an algebra and an exact text."""

import functools
import itertools
import math
import operator
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.backend import Tensor, ops, to_numpy
from convscope.brief import Brief
from convscope.errors import InputError
from convscope.networks.patches.capture import PICTURE, Tap
from convscope.networks.units import Unit
from convscope.objectives.term import Data, Seen, Term
from convscope.objectives.units import UnitTerm

if TYPE_CHECKING:
    from convscope.networks.network import Network


@dataclass(frozen=True)
class Objective(Brief):
    """The quantity that gradient ascent maximizes: a weighted sum of terms.

    Objectives can be added, subtracted and scaled. ``str`` gives a text that can be read again.

    Args:
        terms: (weight, term) pairs.

    Example:
        >>> from convscope import objectives
        >>> a, b = objectives.unit("conv:0"), objectives.unit("fc:1")
        >>> print(2 * a - (b + a) / 2)
        2 * conv:0 - 0.5 * fc:1 - 0.5 * conv:0
    """

    terms: tuple[tuple[float, Term], ...]

    def __add__(self, other: "Objective | int") -> "Objective":
        if other == 0:  # where sum() begins
            return self
        if not isinstance(other, Objective):
            return NotImplemented
        return Objective(self.terms + other.terms)

    __radd__ = __add__

    def __mul__(self, weight: float) -> "Objective":
        if isinstance(weight, Objective):
            raise InputError.expected("a number to scale an objective by", "an objective")
        if not math.isfinite(weight):
            raise InputError.expected("a finite weight", weight)
        return Objective(tuple((float(weight) * own, term) for own, term in self.terms))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> "Objective":
        if divisor == 0:
            raise InputError.expected("a number to divide an objective by", "0")
        return self * (1 / divisor)

    def __neg__(self) -> "Objective":
        return self * -1.0

    def __sub__(self, other: "Objective") -> "Objective":
        return self + -other

    def __str__(self) -> str:
        return _spelled((weight, str(term)) for weight, term in self.terms)

    def describe(self, network: "Network") -> str:
        """Return the text, with class labels in place of indices."""
        return _spelled((weight, term.describe(network)) for weight, term in self.terms)

    @property
    def unit(self) -> Unit | None:
        """The unit, if the objective is one unit or its negative and nothing else."""
        if len(self.terms) != 1:
            return None
        ((weight, term),) = self.terms
        if not isinstance(term, UnitTerm) or abs(weight) != 1:
            return None
        return replace(term.unit, negative=weight < 0)

    @property
    def units(self) -> list[Unit]:
        """The units among its terms."""
        return [term.unit for _, term in self.terms if isinstance(term, UnitTerm)]

    @property
    def kind(self) -> Hashable:
        """A key that is equal for objectives that share one compiled program."""
        return tuple(term.kind for _, term in self.terms)

    @property
    def taps(self) -> frozenset[Tap]:
        """The places whose responses the terms need."""
        return frozenset().union(*(term.taps for _, term in self.terms))

    @property
    def layers(self) -> list[str]:
        """The layers among the taps."""
        return sorted({tap.layer for tap in self.taps if tap.layer})

    @property
    def coupled(self) -> bool:
        """Whether a picture's score depends on the other pictures of its set."""
        return any(term.coupled for _, term in self.terms)

    @property
    def aligned(self) -> bool:
        """Whether every place of the picture counts, so that transforms should hardly move it."""
        return any(term.aligned for _, term in self.terms)

    def resolved(self, network: "Network") -> tuple["Objective", ...]:
        """Return the objectives that it stands for, with full addresses; several for a range."""
        choices = [[(weight, own) for own in term.resolved(network)] for weight, term in self.terms]
        return tuple(Objective(terms) for terms in itertools.product(*choices))


def from_unit(unit: Unit) -> Objective:
    """Return the objective that is a unit's response, negated for a negative unit.

    Args:
        unit: a unit of a network, as ``Network.units`` gives it.

    Returns:
        An objective with one term.
    """
    term = UnitTerm(str(replace(unit, negative=False)))
    return Objective(((-1.0 if unit.negative else 1.0, term),))


@dataclass(frozen=True)
class CompiledObjective(Brief):
    """Objectives of one kind that are ready to be scored, one for each picture.

    Args:
        score: from (captured values, ``data``) to (n,) scores; Keras operations only.
        taps: the places whose responses are needed.
        data: what differs between the pictures: arrays (n, ...).
        kind: equal for those whose ``score`` is the same program.
    """

    score: Callable[[Seen, Data], Any]
    taps: frozenset[Tap]
    data: tuple[np.ndarray, ...]
    kind: Hashable


def compile_objectives(
    objectives: Sequence[Objective], network: "Network", size: tuple[int, int]
) -> CompiledObjective:
    """Return objectives of one kind, ready to score pictures of one size.

    Args:
        objectives: with full addresses, one for each picture.
        network: from ``convscope.load``.
        size: (height, width) of the pictures.

    Returns:
        The score as a function, and its data.

    Raises:
        InputError: the objectives are not of one kind.
    """
    first = objectives[0]
    if any(each.kind != first.kind for each in objectives):
        listed = "; ".join(map(str, objectives))
        raise InputError.expected("objectives of one kind", listed)
    # The data of an objective that occurs several times is computed once.
    own = {id(each): [term.data(network, size) for _, term in each.terms] for each in objectives}
    rows = [own[id(each)] for each in objectives]
    weights = np.array([[weight for weight, _ in each.terms] for each in objectives], "float32")
    flat = [[array for arrays in row for array in arrays] for row in rows]
    columns = [np.stack(column) for column in zip(*flat, strict=True)]
    ends = list(itertools.accumulate((len(arrays) for arrays in rows[0]), initial=1))
    terms = [term for _, term in first.terms]

    def score(seen: Seen, data: Data) -> Tensor:
        parts = [
            data[0][:, place] * term.score(seen, data[ends[place] : ends[place + 1]])
            for place, term in enumerate(terms)
        ]
        return functools.reduce(operator.add, parts)

    return CompiledObjective(score, first.taps, (weights, *columns), first.kind)


def _spelled(parts: Iterable[tuple[float, str]]) -> str:
    """Return a weighted sum as text: 'a', '-a', '2 * a - b + 0.5 * c'."""
    text = ""
    for weight, term in parts:
        size = abs(weight)
        amount = term if size == 1 else f"{repr(size).removesuffix('.0')} * {term}"
        if text:
            text += f" - {amount}" if weight < 0 else f" + {amount}"
        else:
            text = f"-{amount}" if weight < 0 else amount
    return text


def score_pictures(
    network: "Network", objectives: Sequence[Objective], pictures: np.ndarray
) -> np.ndarray:
    """Return the score of each picture on its own objective: (n,) float64.

    Args:
        network: from ``convscope.load``.
        objectives: with full addresses, all of one kind, one for each picture.
        pictures: (n, height, width, channels) in [0, 1].

    Returns:
        (n,) scores.

    Raises:
        InputError: the objectives are not of one kind.
    """
    goal = compile_objectives(objectives, network, pictures.shape[1:3])
    taps = goal.taps - {PICTURE}
    captured = {PICTURE: pictures, **(network.activations(pictures, list(taps)) if taps else {})}
    seen = {tap: ops.convert_to_tensor(value, "float32") for tap, value in captured.items()}
    data = tuple(ops.convert_to_tensor(array) for array in goal.data)
    return to_numpy(goal.score(seen, data), "float64")
