"""Set objectives: terms that score several pictures together, diversity and alignment."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from convscope.backend import Tensor, ops
from convscope.networks.patches.capture import PICTURE, Tap
from convscope.networks.units import quoted
from convscope.objectives.term import Data, LayerTerm, PictureTerm, Seen

if TYPE_CHECKING:
    from convscope.networks.network import Network


@dataclass(frozen=True)
class Diversity(LayerTerm):
    """How much a picture's textures at a layer differ from those of the others in its set.

    Minus the mean cosine between their Gram matrices, the correlations of channels over space
    (Olah 2017, "Feature Visualization"). It is -1 if all are alike and at most 1. A picture alone
    scores 0.
    """

    coupled = True

    def __str__(self) -> str:
        return f"diversity({quoted(self.layer)})"

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return minus the mean cosine of Gram matrices with the others': (n,)."""
        response = seen[Tap(self.layer)]
        count, channels = response.shape[0], response.shape[-1]
        places = ops.reshape(response, (count, -1, channels))
        gram = ops.reshape(ops.einsum("npc,npd->ncd", places, places), (count, -1))
        gram = gram / (ops.sqrt(ops.sum(ops.square(gram), axis=1, keepdims=True)) + 1e-6)
        cosines = ops.matmul(gram, ops.transpose(gram))
        others = 1 - np.eye(count, dtype="float32")
        return -ops.sum(cosines * ops.convert_to_tensor(others), axis=1) / max(1, count - 1)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's full address."""
        return (type(self)(network.layer(self.layer).address),)


@dataclass(frozen=True)
class Alignment(PictureTerm):
    """How near a picture is to its neighbours in the set, for sequences that change gradually.

    Minus the mean squared difference of pixels. The weight of a neighbour halves with each step of
    distance. At most 0. For interpolations (Mordvintsev 2018, "Differentiable Image
    Parameterizations").
    """

    coupled = True

    def __str__(self) -> str:
        return "alignment"

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return minus the weighted mean squared difference to the others: (n,)."""
        pictures = seen[PICTURE]
        count = pictures.shape[0]
        flat = ops.reshape(pictures, (count, -1))
        apart = ops.mean(ops.square(flat[:, None] - flat[None]), axis=-1)
        steps = np.abs(np.arange(count)[:, None] - np.arange(count))
        near = np.where(steps, 0.5 ** np.maximum(steps - 1, 0), 0.0).astype("float32")
        return -ops.sum(apart * ops.convert_to_tensor(near), axis=1)
