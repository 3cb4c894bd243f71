"""The algebra of scores: objectives add, subtract and scale, and their labels stay true."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convscope.errors import InputError
from convscope.models.taps import Tap

Score = Callable[[Mapping[Tap, Any], tuple[Any, ...]], Any]


@dataclass(frozen=True)
class Objective:
    """One score a picture, for a batch of pictures.

    Args:
        score: (what the taps hear, ``data``) to (n,) scores; Keras operations only.
        taps: where it listens.
        data: what differs between the pictures of the batch: arrays (n, ...).
        labels: what each picture is climbed for, in words.
        key: equal for objectives whose ``score`` is the same program on other data.
    """

    score: Score
    taps: frozenset[Tap]
    data: tuple[np.ndarray, ...]
    labels: tuple[str, ...]
    key: Hashable = field(default_factory=object)

    def __len__(self) -> int:
        return len(self.labels)

    def __add__(self, other: "Objective") -> "Objective":
        if len(self) != len(other):
            raise InputError(f"Expected scores for {len(self)} pictures. Received: {len(other)}.")
        own = len(self.data)
        return Objective(
            lambda seen, data: self.score(seen, data[:own]) + other.score(seen, data[own:]),
            self.taps | other.taps,
            self.data + other.data,
            tuple(f"{a} + {b}" for a, b in zip(self.labels, other.labels, strict=True)),
            ("+", self.key, other.key),
        )

    def __mul__(self, weight: float) -> "Objective":
        return Objective(
            lambda seen, data: weight * self.score(seen, data),
            self.taps,
            self.data,
            tuple(f"{weight:g} * ({label})" for label in self.labels),
            ("*", weight, self.key),
        )

    __rmul__ = __mul__

    def __neg__(self) -> "Objective":
        return -1.0 * self

    def __sub__(self, other: "Objective") -> "Objective":
        return self + -other
