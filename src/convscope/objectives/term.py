"""A term: one part of an objective, for one picture."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from convscope.networks.patches.capture import Tap

if TYPE_CHECKING:
    from convscope.networks.network import Network

Seen = Mapping[Tap, Any]
Data = tuple[Any, ...]


class Term(ABC):
    """One part of an objective; a frozen value whose text, ``str``, says what it is.

    Terms of one ``kind`` are the same program on other ``data``, so that many of them can be
    climbed in one batch.
    """

    coupled = False  # whether a picture's score depends on the others of its set
    aligned = False  # whether every place counts, so that transforms must hardly move the picture

    @property
    @abstractmethod
    def kind(self) -> Hashable:
        """Equal for terms whose ``score`` is the same program."""

    @property
    @abstractmethod
    def taps(self) -> frozenset[Tap]:
        """Where it listens."""

    @abstractmethod
    def score(self, seen: Seen, data: Data) -> Any:
        """What the taps hear of n pictures, and ``data`` stacked over them, to (n,) scores.

        Keras operations only: differentiable on every backend.
        """

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """What differs between terms of one kind, on pictures of this size: arrays."""
        return ()

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """The term with its addresses as the network spells them; a range gives several."""
        return (self,)

    def describe(self, network: "Network") -> str:
        """The text of the term, with class labels in place of indices."""
        return str(self)
