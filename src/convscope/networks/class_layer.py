"""The class layer of a model: the layer whose output is the model's own output."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from convscope.backend import Layer, Model, keras
from convscope.brief import Brief
from convscope.networks.layers import LayerInfo, LayerInspection
from convscope.networks.patches.capture import ACTIVATIONS
from convscope.networks.shares import is_vector

Run = Callable[[str, int], list[tuple[np.ndarray, np.ndarray]]]


@dataclass(frozen=True)
class Head(Brief):
    """The class layer of a model.

    Args:
        layer: whose output, or a known function of it, is what the model returns.
        call: in which of its calls, from 0.
        link: 'softmax', 'sigmoid' or 'log_softmax' where code after the layer applies it, else ''.
    """

    layer: LayerInfo
    call: int = 0
    link: str = ""


def softmax(values: np.ndarray) -> np.ndarray:
    """Return probabilities of exclusive classes from logits (n, classes)."""
    values = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Return probabilities of independent classes from logits (n, classes)."""
    return np.asarray(1 / (1 + np.exp(-values)))


def log_softmax(values: np.ndarray) -> np.ndarray:
    """Return logarithms of probabilities from logits (n, classes), as PyTorch code often does."""
    values = values - values.max(axis=1, keepdims=True)
    return np.asarray(values - np.log(np.exp(values).sum(axis=1, keepdims=True)))


LINKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda values: values,
    "softmax": softmax,
    "sigmoid": sigmoid,
    "log_softmax": log_softmax,
}
TO_PROBABILITIES = {**LINKS, "log_softmax": softmax}


def find(survey: LayerInspection, run: Run, *, fixed: bool, name: str = "") -> Head | str:
    """Return the class layer, or the reason why there is none.

    Args:
        survey: one run of the model.
        run: from a layer's address and the number of its call to pairs of arrays, one a picture:
            what the layer gives, a vector of classes, and what the model returns.
        fixed: whether the model does the same to every picture, as a graph of layers does.
            Plain code may not, so there the layer is compared with the model's output.
        name: of the output that holds the classes, if there are several.
    """
    if name not in survey.outputs:
        some = next(iter(survey.outputs))
        return (
            f"has {len(survey.outputs)} outputs, {', '.join(survey.outputs)}, and nothing says "
            f"which holds the classes (try head={some!r}, or --head {some})"
        )
    output, giver = survey.outputs[name], survey.givers[name]
    known = {info.address: info for info in survey.layers}
    if not is_vector(output.shape[1:]):
        return "has no class layer"
    if giver:
        if giver[0] in survey.uncaptured:
            reason = survey.uncaptured[giver[0]].partition(". Try:")[0]
            return f"has a class layer, {giver[0]}, that cannot be captured ({reason})"
        info = known[giver[0]]
        if info.channels == output.size and (fixed or _agree(run(*giver), "")):
            return Head(info, giver[1])
    vectors = [info for info in survey.layers if is_vector(info.shape) and info.kind not in PASSING]
    if vectors and vectors[-1].channels == output.size:
        last = vectors[-1]
        pairs = run(last.address, last.calls - 1)
        for link in LINKS:
            if _agree(pairs, link):
                return Head(last, last.calls - 1, link)
    return (
        "computes its output by operations after its last layer, so no layer gives its classes "
        "(try a model that ends in its class layer)"
    )


def last_operation(model: Model, taken: Collection[str]) -> Mapping[str, Layer]:
    """Return the activation function of ``keras.ops`` that ends a graph of layers, by its address.

    Args:
        model: a Keras model.
        taken: the addresses of its layers.
    """
    outputs, path = getattr(model, "outputs", None) or [], ""
    while len(outputs) == 1 and getattr(outputs[0], "_keras_history", None):
        operation = outputs[0]._keras_history.operation
        if isinstance(operation, keras.Model):
            outputs, path = getattr(operation, "outputs", None) or [], f"{path}{operation.name}/"
            continue
        layer = isinstance(operation, keras.layers.Layer)
        if layer or type(operation).__name__ not in ACTIVATIONS:
            return {}
        address, number = path + operation.name, 2
        while address in taken:
            address, number = f"{path}{operation.name}~{number}", number + 1
        return {address: operation}
    return {}


PASSING = frozenset(("Dropout", "Reshape", "Flatten"))  # the class layer is the one before


def _agree(pairs: list[tuple[np.ndarray, np.ndarray]], link: str) -> bool:
    """Return whether a layer's vector, through a link, equals the model's output."""
    return all(
        given.size == returned.size
        and np.allclose(
            LINKS[link](given.reshape(1, -1).astype("float64")),
            returned.reshape(1, -1),
            rtol=1e-3,
            atol=1e-5,
        )
        for given, returned in pairs
    )
