"""Terms that see a set of pictures together: diversity and alignment."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from convscope.models.taps import PICTURE, Tap
from convscope.models.units import quoted
from convscope.objectives.term import Data, Seen, Term

if TYPE_CHECKING:
    from convscope.models.network import Network


@dataclass(frozen=True)
class Diversity(Term):
    """How unlike a picture's textures at a layer are to those of the others of its set.

    Minus the mean cosine between their Gram matrices, the correlations of channels over space
    (Olah 2017, "Feature Visualization"); from -1, all alike, to 1. Alone a picture scores 0.
    """

    layer: str
    coupled = True

    def __str__(self) -> str:
        return f"diversity({quoted(self.layer)})"

    @property
    def kind(self) -> Hashable:
        """Diversities at one layer are one program."""
        return "diversity", self.layer

    @property
    def taps(self) -> frozenset[Tap]:
        """Its layer."""
        return frozenset([Tap(self.layer)])

    def score(self, seen: Seen, data: Data) -> Any:
        """Minus the mean cosine of Gram matrices with the others'."""
        from keras import ops

        response = seen[Tap(self.layer)]
        count, channels = response.shape[0], response.shape[-1]
        places = ops.reshape(response, (count, -1, channels))
        gram = ops.reshape(ops.einsum("npc,npd->ncd", places, places), (count, -1))
        gram = gram / (ops.sqrt(ops.sum(ops.square(gram), axis=1, keepdims=True)) + 1e-6)
        cosines = ops.matmul(gram, ops.transpose(gram))
        others = 1 - np.eye(count, dtype="float32")
        return -ops.sum(cosines * ops.convert_to_tensor(others), axis=1) / max(1, count - 1)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """The same, at the layer's full address."""
        return (type(self)(network.layer(self.layer).address),)


@dataclass(frozen=True)
class Alignment(Term):
    """How near a picture is to its neighbours in the set, so that a row changes little by little.

    Minus the mean square difference of pixels, each neighbour further off counting half as much;
    at most 0. For interpolations (Mordvintsev 2018, "Differentiable Image Parameterizations").
    """

    coupled = True

    def __str__(self) -> str:
        return "alignment"

    @property
    def kind(self) -> Hashable:
        """All alignments are one program."""
        return "alignment"

    @property
    def taps(self) -> frozenset[Tap]:
        """The picture."""
        return frozenset([PICTURE])

    def score(self, seen: Seen, data: Data) -> Any:
        """Minus the weighted mean square difference to the others."""
        from keras import ops

        pictures = seen[PICTURE]
        count = pictures.shape[0]
        flat = ops.reshape(pictures, (count, -1))
        apart = ops.mean(ops.square(flat[:, None] - flat[None]), axis=-1)
        steps = np.abs(np.arange(count)[:, None] - np.arange(count))
        near = np.where(steps, 0.5 ** np.maximum(steps - 1, 0), 0.0).astype("float32")
        return -ops.sum(apart * ops.convert_to_tensor(near), axis=1)
