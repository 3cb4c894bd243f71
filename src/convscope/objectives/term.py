"""``Term``: one part of an objective."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from convscope.backend import Tensor
from convscope.networks.patches.capture import PICTURE, Tap

if TYPE_CHECKING:
    from convscope.networks.network import Network

Seen = Mapping[Tap, Tensor]
Data = tuple[Tensor, ...]


class Term(ABC):
    """One part of an objective: a frozen value whose ``str`` describes it.

    Terms of the same ``kind`` share one compiled program and differ in their ``data`` only, so that
    many of them can be maximized in one batch.
    """

    coupled = False  # whether a picture's score depends on the others of its set
    aligned = False  # whether every place counts, so that transforms must hardly move the picture

    @property
    def kind(self) -> Hashable:
        """A key that is equal for terms whose ``score`` is the same program."""
        return type(self)

    @property
    @abstractmethod
    def taps(self) -> frozenset[Tap]:
        """The places whose responses the term needs."""

    @abstractmethod
    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the (n,) scores of n pictures, from captured values and stacked ``data``.

        Keras operations only, so that it is differentiable on every backend.
        """

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return the arrays that differ between terms of one kind, for pictures of this size."""
        return ()

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with full addresses; several terms for a range."""
        return (self,)

    def describe(self, network: "Network") -> str:
        """Return the text of the term, with class labels in place of indices."""
        return str(self)


@dataclass(frozen=True, eq=False)
class LayerTerm(Term):
    """A term about the responses of one layer; one compiled program for each layer."""

    layer: str

    @property
    def kind(self) -> Hashable:
        """One compiled program for each layer."""
        return type(self), self.layer

    @property
    def taps(self) -> frozenset[Tap]:
        """The layer."""
        return frozenset([Tap(self.layer)])


class PictureTerm(Term):
    """A term about the picture itself, independent of the network."""

    @property
    def taps(self) -> frozenset[Tap]:
        """The picture."""
        return frozenset([PICTURE])
