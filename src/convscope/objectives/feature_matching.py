"""Feature matching: the objectives that compare a picture's responses with a photo's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from convscope.backend import Tensor, ops
from convscope.images import PhotoLike
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import recorded_path, to_input
from convscope.networks.units import quoted
from convscope.objectives.direction import FLOOR
from convscope.objectives.term import Data, LayerTerm, Seen

if TYPE_CHECKING:
    from convscope.networks.network import Network


@dataclass(frozen=True, eq=False)
class Likeness(LayerTerm):
    """The base of terms that compare responses at a layer with a photo's, place by place.

    Args:
        layer: a layer's address.
        photo: a path, a Pillow image or an array.
    """

    photo: PhotoLike
    aligned = True

    def __str__(self) -> str:
        name = type(self).__name__.lower()
        return f"{name}({quoted(self.layer)}, {recorded_path(self.photo)})"

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return the photo's responses at this size."""
        tap = Tap(self.layer)
        return (network.activations(to_input(network, self.photo, size)[None], [tap])[tap][0],)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's full address; a photo that cannot be used is refused."""
        to_input(network, self.photo)
        return (type(self)(network.layer(self.layer).address, self.photo),)


@dataclass(frozen=True, eq=False)
class Inversion(Likeness):
    """Minus the squared distance to the photo's responses, as a share of their square.

    0 means the same responses; -1 is the score where no channel responds (Mahendran 2015,
    "Understanding Deep Image Representations by Inverting Them").
    """

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return minus the relative squared distance: (n,)."""
        response, (target,) = seen[Tap(self.layer)], data
        axes = tuple(range(1, len(response.shape)))
        away = ops.sum(ops.square(response - target), axis=axes)
        return -away / (ops.sum(ops.square(target), axis=axes) + 1e-6)


@dataclass(frozen=True, eq=False)
class Caricature(Likeness):
    """The dot product with the photo's responses times their cosine, relative to the photo's own.

    The photo itself scores 1, and stronger responses in the same direction score more. The cosine
    is at least ``FLOOR`` (Lucid's objective of the same name).
    """

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the relative dot product times the cosine: (n,)."""
        response, (target,) = seen[Tap(self.layer)], data
        axes = tuple(range(1, len(response.shape)))
        dot = ops.sum(response * target, axis=axes)
        own = ops.sum(ops.square(target), axis=axes) + 1e-6
        length = ops.sqrt(ops.sum(ops.square(response), axis=axes) * own + 1e-6)
        return dot / own * ops.maximum(dot / length, FLOOR)
