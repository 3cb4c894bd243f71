"""Directions in activation space: mixtures of channels."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from convscope.backend import Tensor, ops
from convscope.brief import Brief
from convscope.errors import InputError
from convscope.networks.patches.capture import Tap
from convscope.networks.units import quoted
from convscope.objectives.term import Data, LayerTerm, Seen

if TYPE_CHECKING:
    from convscope.networks.network import Network

FLOOR = 0.1  # of a cosine: below zero a product with its power would change sign


@dataclass(frozen=True, eq=False)
class Direction(Brief, LayerTerm):
    """The component of a layer's responses along a direction, averaged over space.

    This is the dot product with the direction's unit vector. With a ``power``, it is multiplied by
    the cosine of the angle, at least ``FLOOR``, to that power, so that other directions count
    against the score (Carter 2019, "Activation Atlas").

    Args:
        layer: a layer's address.
        vector: (channels,), any length but zero.
        power: 0 for the dot product alone.
        name: its name in texts; by default a digest of the vector.

    Raises:
        InputError: the vector is not a vector of finite numbers, or is zero, or the power is below
            zero.
    """

    vector: np.ndarray
    power: float = 0.0
    name: str = ""
    _unit: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        vector = np.asarray(self.vector, "float32")
        length = float(np.linalg.norm(vector))
        if vector.ndim != 1 or not 0 < length < np.inf:
            raise InputError.expected(
                "a direction of one finite number a channel, not all of them zero",
                f"an array of shape {vector.shape} and length {length:g}",
            )
        if not 0 <= self.power < np.inf:
            raise InputError.expected("a power of zero or more", self.power)
        name = self.name or f"vector {hashlib.sha256(vector.tobytes()).hexdigest()[:8]}"
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_unit", vector / np.float32(length))

    def __str__(self) -> str:
        if not self.power:
            return f"direction({quoted(self.layer)}, {self.name})"
        return f"cosine({quoted(self.layer)}, {self.name}, {repr(self.power).removesuffix('.0')})"

    @property
    def kind(self) -> Hashable:
        """One compiled program for each layer and power."""
        return type(self), self.layer, self.power

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return the unit vector."""
        return (self._unit,)

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the dot product, times the power of the cosine, averaged over space: (n,)."""
        response, (vector,) = seen[Tap(self.layer)], data
        for _ in response.shape[1:-1]:
            vector = ops.expand_dims(vector, 1)
        dot = ops.sum(response * vector, axis=-1)
        if self.power:
            length = ops.sqrt(ops.sum(ops.square(response), axis=-1) + 1e-6)
            dot = dot * ops.maximum(dot / length, FLOOR) ** self.power
        return ops.mean(dot, axis=tuple(range(1, len(dot.shape)))) if len(dot.shape) > 1 else dot

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's full address, once the vector fits the layer's channels.

        Raises:
            InputError: the vector has another length than the layer has channels.
        """
        info = network.layer(self.layer)
        if len(self._unit) != info.channels:
            raise InputError(
                f"{info.address} has {info.channels} channels. Received: a direction of "
                f"{len(self._unit)} numbers."
            )
        return (type(self)(info.address, self.vector, self.power, self.name),)
