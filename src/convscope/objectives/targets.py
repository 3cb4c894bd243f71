"""What a network says of a photo beside its classes: a mask, a box, or the likeness to a photo.

They are targets of attribution and objectives of an ascent, like units.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from convscope.backend import Tensor, ops
from convscope.errors import InputError
from convscope.images import PhotoLike
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import recorded_path, to_input
from convscope.networks.units import quoted
from convscope.objectives.term import Data, LayerTerm, Seen

if TYPE_CHECKING:
    from convscope.networks.layers import LayerInfo
    from convscope.networks.network import Network


@dataclass(frozen=True, eq=False)
class Target(LayerTerm):
    """The base of terms about an output of the model.

    Args:
        layer: the address of the layer that gives the output; '' for the only output, or the one
            that was chosen by ``head``.
    """

    def __str__(self) -> str:
        inside = [quoted(self.layer)] if self.layer else []
        return f"{type(self).__name__.lower()}({', '.join([*inside, self._what])})"

    @property
    def _what(self) -> str:
        """Return what is meant at the output, as it is written."""
        raise NotImplementedError

    def _output(self, network: "Network") -> "LayerInfo":
        return network.layer(self.layer) if self.layer else network.output()


@dataclass(frozen=True, eq=False)
class Mask(Target):
    """The sum of a class's logits over the places where no other class has a larger one.

    For networks that give each place of a photo a class. With a single class these are the places
    with a logit above zero. The places are those of each picture itself and have no slope (after
    "Semantic segmentation" in pytorch-grad-cam, Gildenblat 2021).

    Args:
        layer: see ``Target``.
        name: the class: its label or its index.
    """

    name: str

    @property
    def _what(self) -> str:
        return quoted(self.name)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's address and the class's index."""
        info = self._output(network)
        if not info.is_map:
            raise InputError.expected(
                "a layer that gives each place of a photo a class",
                f"{info.address}, whose shape is {info.shape}",
                f"Try: {quoted(info.address)}:{quoted(self.name)}.",
            )
        (unit,) = network.units(f"{quoted(info.address)}:{self.name}")
        return (type(self)(info.address, str(unit.channel)),)

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return the class as zeros and a one: (classes,)."""
        channels = network.layers[self.layer].channels
        return (np.eye(channels, dtype="float32")[int(self.name)],)

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the sum of the logits: (n,)."""
        logits, (wanted,) = seen[Tap(self.layer)], data
        own = ops.sum(logits * ops.reshape(wanted, (-1, 1, 1, logits.shape[-1])), axis=-1)
        rival = ops.max(logits, axis=-1) if logits.shape[-1] > 1 else ops.zeros_like(own)
        inside = ops.stop_gradient(ops.cast(own >= rival, own.dtype))
        return ops.sum(own * inside, axis=(1, 2))

    def describe(self, network: "Network") -> str:
        """Return the text with the class's label."""
        named = network.labels and self.name.isdecimal()
        label = network.label(int(self.name)) if named else self.name
        return str(replace(self, name=label))


@dataclass(frozen=True, eq=False)
class Box(Target):
    """The largest logit of one box of a detector, of all its classes.

    Boxes are counted from 0 in the order of their largest logits, for each picture anew.

    Args:
        layer: see ``Target``; one of shape (boxes, classes).
        number: which box.
    """

    number: int

    @property
    def kind(self) -> tuple[object, ...]:
        """One compiled program for each layer and number."""
        return type(self), self.layer, self.number

    @property
    def _what(self) -> str:
        return str(self.number)

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's address."""
        info = self._output(network)
        boxes = int(np.prod(info.shape[:-1]))
        if len(info.shape) < 2 or not 0 <= self.number < boxes:
            raise InputError.expected(
                f"a box, 0 to {boxes - 1}, of a layer of the shape (boxes, classes)",
                f"box {self.number} of {info.address}, whose shape is {info.shape}",
            )
        return (type(self)(info.address, self.number),)

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the logit of the box: (n,)."""
        logits = seen[Tap(self.layer)]
        boxes = ops.reshape(logits, (logits.shape[0], -1, logits.shape[-1]))
        best, _ = ops.top_k(ops.max(boxes, axis=-1), self.number + 1)
        return best[:, self.number]


@dataclass(frozen=True, eq=False)
class Like(Target):
    """The cosine between what a layer gives for a picture and what it gives for a photo.

    For networks that end in an embedding, in which like things are near each other. The photo
    itself scores 1.

    Args:
        layer: see ``Target``.
        photo: a path, a Pillow image or an array.
    """

    photo: PhotoLike

    @property
    def _what(self) -> str:
        return recorded_path(self.photo)

    @property
    def taps(self) -> frozenset[Tap]:
        """What the layer gives, after its activation function."""
        return frozenset([Tap(self.layer, after=True)])

    def resolved(self, network: "Network") -> tuple[Self, ...]:
        """Return the term with the layer's address; a photo that cannot be used is refused."""
        to_input(network, self.photo)
        return (type(self)(self._output(network).address, self.photo),)

    def data(self, network: "Network", size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Return what the layer gives for the photo, at this size, as a vector of length 1."""
        tap = Tap(self.layer, after=True)
        own = network.activations(to_input(network, self.photo, size)[None], [tap])[tap].ravel()
        return (own / max(float(np.linalg.norm(own)), 1e-12),)

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the cosine: (n,)."""
        given, (target,) = seen[Tap(self.layer, after=True)], data
        flat = ops.reshape(given, (given.shape[0], -1))
        length = ops.sqrt(ops.sum(ops.square(flat), axis=-1) + 1e-12)
        return ops.sum(flat * target, axis=-1) / length
