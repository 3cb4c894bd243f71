"""Detection of the preprocessing inside a model, before its first trained layer."""

from collections.abc import Iterator

import numpy as np

from convscope.backend import Layer, Model, keras, to_numpy

# A factor this small belongs to values up to 255, its inverse to values up to 1.
SMALL = 1 / 50
# A smaller one belongs to values far beyond 255, which pictures here never have.
SMALLEST = 1 / 512
# An offset beyond this is in units of 0..255.
LARGE = 1.5
UNCLEAR = ""  # something that tells of another range than those known


def detect_preprocessing(model: Model) -> str | None:
    """Return the range of pictures that a model with its own preprocessing takes.

    Returns:
        'zero-to-255' or 'zero-to-one', from the first rescaling, normalisation or arithmetic with
        constants that comes before anything trained; None where there is none, or none that tells.
    """
    for part in _in_order(model):
        found = _reading(part)
        if found is not None:
            return found or None
        if _is_trained(part):
            return None
    return None


def _in_order(model: Model) -> Iterator[Layer]:
    """Yield layers and operations in the order they run, including those of nested models."""
    if isinstance(model, keras.Sequential):
        parts = model.layers
    elif getattr(model, "operations", None):
        parts = model.operations
    else:
        parts = model._flatten_layers(include_self=False, recursive=False)
    for part in parts:
        if isinstance(part, keras.Model):
            yield from _in_order(part)
        else:
            yield part


def _is_trained(part: Layer) -> bool:
    return isinstance(part, keras.layers.Layer) and bool(part.weights)


def _reading(part: Layer) -> str | None:
    """Return what one layer or operation shows about the range of its input."""
    if isinstance(part, keras.layers.Rescaling):
        return _range_of(to_numpy(part.scale, "float64"), to_numpy(part.offset, "float64"))
    if isinstance(part, keras.layers.Normalization):
        return _normalised(part)
    if isinstance(part, keras.layers.Layer):
        return None
    return _arithmetic(part)


def _normalised(layer: Layer) -> str | None:
    """Return the range that a normalisation's mean shows."""
    mean = getattr(layer, "mean", None)
    if mean is None:
        return None
    deviation = np.sqrt(np.maximum(to_numpy(layer.variance, "float64"), 1e-12))
    if layer.invert or (not to_numpy(mean, "float64").any() and (deviation == 1).all()):
        return None
    found = _range_of(1 / deviation, to_numpy(mean, "float64"))
    if found == "zero-to-one" or found is None:
        # Of numbers in [0, 1] no mean is below zero, and no deviation above a half.
        within = to_numpy(mean, "float64").min() >= 0 and deviation.max() <= 0.5
        return "zero-to-one" if within else UNCLEAR
    return found


def _arithmetic(operation: Layer) -> str | None:
    """Return the range that arithmetic with a constant shows, such as preprocess_input's."""
    kind = type(operation).__name__
    for node in operation._inbound_nodes:
        values = keras.tree.flatten((node.arguments.args, node.arguments.kwargs))
        constants = [to_numpy(value, "float64") for value in values if _is_constant(value)]
        if not constants:
            continue
        if kind in ("Add", "Subtract"):
            return _range_of(np.ones(1), constants[0])
        if kind == "Multiply":
            return _range_of(constants[0], np.zeros(1))
        if kind in ("TrueDivide", "Divide") and constants[0].all():
            return _range_of(1 / constants[0], np.zeros(1))
    return None


def _range_of(scale: np.ndarray, offset: np.ndarray) -> str | None:
    """Return the range that ``values * scale + offset`` shows; '' if it is not known."""
    factor, shift = float(np.abs(scale).max()), float(np.abs(offset).max())
    lifted = (scale > 0).all() and (scale < 1).all() and (offset >= scale).all()
    if factor < SMALLEST or (factor > SMALL and lifted and shift <= LARGE):
        return UNCLEAR  # the second brings [-1, 1] to [0, 1]
    if factor <= SMALL or (shift > LARGE and factor <= 1):
        return "zero-to-255"
    return "zero-to-one" if factor != 1 or shift else None


def _is_constant(value: object) -> bool:
    if isinstance(value, bool) or keras.backend.is_keras_tensor(value):
        return False
    return isinstance(value, (int, float, np.ndarray)) or keras.ops.is_tensor(value)
