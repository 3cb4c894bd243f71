"""The kind of numbers that a layer gives: probabilities, numbers computed from them, or others."""

import math
from collections.abc import Sequence
from enum import Enum

from convscope.backend import Layer


class Sort(Enum):
    """What is known about a layer's numbers."""

    SOFTMAX = "probabilities of classes that exclude each other"
    SIGMOID = "probabilities, each for itself"
    COMBINED = "sums or products of probabilities"
    OTHER = "numbers of another sort, such as logits"
    UNKNOWN = "of someone's own code"


SHARES = frozenset((Sort.SOFTMAX, Sort.SIGMOID))

# By the names of Keras's functions and layers, in small letters.
SIGMOIDS = frozenset(["sigmoid", "hard_sigmoid", "hardsigmoid"])
SOFTMAXES = frozenset(["softmax", "sparsemax"])

# Layers that give the numbers they take, or some of them.
# fmt: off
MOVING = frozenset((
    "Reshape", "Flatten", "Permute", "RepeatVector", "Dropout", "SpatialDropout2D", "Identity",
    "ActivityRegularization", "GlobalAveragePooling2D", "Average",
))
JOINING = frozenset((
    "Add", "Subtract", "Multiply", "Maximum", "Minimum", "Dot", "Rescaling", "Concatenate",
    "MaxPooling2D", "GlobalMaxPooling2D",
))
# fmt: on
# Layers of Keras that compute what somebody else wrote.
OWN = frozenset(("", "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"))


def sort(layer: Layer, kind: str, given: Sequence[Sort]) -> Sort:
    """Return the kind of numbers that a layer gives.

    Args:
        layer: a layer, or an operation of ``keras.ops`` that is an activation function.
        kind: the name of Keras's own class that says what it computes, or ''.
        given: what sort of numbers it takes, one for each of its inputs.
    """
    from keras import activations

    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", "")
    names = {name, type(layer).__name__.lower()}
    if names & SOFTMAXES:
        return Sort.SOFTMAX
    if names & SIGMOIDS:
        return Sort.SIGMOID
    if callable(function) and getattr(activations, name, None) is not function:
        return Sort.UNKNOWN
    if kind in MOVING | JOINING or (kind == "Activation" and name == "linear"):
        return _joined(given, moving=kind not in JOINING)
    return Sort.UNKNOWN if kind in OWN else Sort.OTHER


def _joined(given: Sequence[Sort], *, moving: bool) -> Sort:
    """Return the kind of a layer's inputs, if all have the same kind."""
    some = set(given)
    if Sort.OTHER in some or not some:
        return Sort.OTHER
    if Sort.UNKNOWN in some:
        return Sort.UNKNOWN
    if Sort.COMBINED in some or not moving:
        return Sort.COMBINED
    return Sort.SOFTMAX if some == {Sort.SOFTMAX} else Sort.SIGMOID


def is_vector(shape: Sequence[int]) -> bool:
    """Return whether only one of the axes of one picture's numbers is longer than 1.

    A change of shape then keeps the order of the numbers.
    """
    return bool(shape) and math.prod(shape) == max(shape)
