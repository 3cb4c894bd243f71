"""``UnitTerm``: the response of a layer, a channel, a neuron or a class."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from convscope.backend import Tensor, ops
from convscope.networks.patches.capture import Tap
from convscope.networks.tokens import MAPS
from convscope.networks.units import Unit
from convscope.objectives.term import Data, Seen, Term

if TYPE_CHECKING:
    from convscope.networks.network import Network

MIDDLE = -1  # a row or column that means the middle one


@dataclass(frozen=True)
class UnitTerm(Term):
    """The response of a unit, before its activation function.

    A channel's response is its mean over space. A class's response is its logit. A whole layer's
    response is the mean square after ReLU (DeepDream). A head's response at a token is the mean
    square of what it gives there, and its response as a whole is the mean over the patches
    (``tokens.strengths``). ``address`` has no minus; a negative unit is the same term with the
    weight -1.
    """

    address: str

    @property
    def unit(self) -> Unit:
        """The unit, for a term with a full address."""
        return Unit.parse(self.address)

    def __str__(self) -> str:
        return self.address

    @property
    def kind(self) -> Hashable:
        """One compiled program for each layer and kind of unit."""
        return self._way, self._tap

    @property
    def taps(self) -> frozenset[Tap]:
        """The layer, or its heads."""
        return frozenset([self._tap])

    @property
    def _tap(self) -> Tap:
        return Tap(self.unit.layer, token=self.unit.token, heads=self.unit.head is not None)

    @property
    def _way(self) -> str:
        """The row of ``SCORES``; a head counts as a channel of its layer's heads."""
        unit = self.unit
        if unit.channel is None and unit.head is None:
            return "layer"
        # A token is a vector, so that the response of its channel is one number.
        return "channel" if unit.at is None or unit.token != MAPS else "neuron"

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return the channel's or head's index, and for a neuron its place."""
        unit = self.unit
        channel = np.array(unit.channel or unit.head or 0, "int32")
        if self._way != "neuron":
            return (channel,)
        place = unit.at if isinstance(unit.at, tuple) else (MIDDLE, MIDDLE)
        return channel, np.array(place, "int32")

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the scores, (n,), by the kind of unit, from ``SCORES``."""
        return SCORES[self._way](seen[self._tap], *data)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return one term for each unit that the address stands for."""
        units = network.units(self.address)
        return tuple(type(self)(str(replace(unit, negative=False))) for unit in units)

    def describe(self, network: "Network") -> str:
        """Return the address, with a class's label."""
        return network.describe(self.unit)


def layer_score(response: Tensor, channel: Tensor) -> Tensor:
    """(n, ...) responses to (n,): the mean square of the positive ones."""
    axes = tuple(range(1, len(response.shape)))
    return ops.mean(ops.square(ops.relu(response)), axis=axes)


def channel_score(response: Tensor, channel: Tensor) -> Tensor:
    """(n, ..., channels) responses to (n,): each picture's channel, averaged over space."""
    axes = tuple(range(1, len(response.shape) - 1))
    mean = ops.mean(response, axis=axes) if axes else response
    return ops.sum(mean * ops.one_hot(channel, response.shape[-1], dtype=mean.dtype), axis=-1)


def neuron_score(response: Tensor, channel: Tensor, place: Tensor) -> Tensor:
    """(n, height, width, channels) responses to (n,): each picture's channel at one place."""
    _, height, width, channels = response.shape
    middle = ops.convert_to_tensor(np.array([height // 2, width // 2], "int32"))
    place = ops.where(place == MIDDLE, middle, place)
    row = ops.one_hot(place[:, 0], height, dtype=response.dtype)
    column = ops.one_hot(place[:, 1], width, dtype=response.dtype)
    which = ops.one_hot(channel, channels, dtype=response.dtype)
    return ops.einsum("nhwc,nh,nw,nc->n", response, row, column, which)


SCORES: dict[str, Callable[..., Any]] = {
    "layer": layer_score,
    "channel": channel_score,
    "neuron": neuron_score,
}
