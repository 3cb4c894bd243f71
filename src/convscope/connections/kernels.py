"""The weights between two layers as kernels: one slice for each pair of units."""

from collections.abc import Callable
from typing import Any

import numpy as np

from convscope.backend import Layer, to_numpy
from convscope.errors import ModelError


def slices(layer: Layer, unit: int, address: str) -> np.ndarray:
    """Return the weights of one of a layer's units for its inputs: (rows, columns, inputs).

    A dense layer has one row and one column, and an input for each entry of its input vector. A
    slice is upright: its top left weight is for the top left of a place.

    Raises:
        ModelError: the layer has no kernel, or one that is not read here.
    """
    rule = next((rule for kind, rule in _rules() if isinstance(layer, kind)), None)
    if rule is None:
        raise ModelError(
            f"{address} ({type(layer).__name__}) has no kernel of a convolution or a dense layer, "
            "so no weights to show. Try: a unit of a layer that convolves, or a class."
        )
    return rule(layer, unit)


def _convolution(layer: Layer, unit: int) -> np.ndarray:
    """Return (rows, columns, inputs of a group, units) as a slice; other groups get zeros."""
    kernel = to_numpy(layer.kernel, "float64")
    inputs, groups = kernel.shape[2], layer.groups
    whole = np.zeros((*kernel.shape[:2], inputs * groups))
    begin = unit // (kernel.shape[3] // groups) * inputs
    whole[:, :, begin : begin + inputs] = kernel[:, :, :, unit]
    return whole


def _depthwise(layer: Layer, unit: int) -> np.ndarray:
    """(rows, columns, inputs, units of each)."""
    kernel = to_numpy(layer.kernel, "float64")
    whole = np.zeros(kernel.shape[:3])
    source, own = divmod(unit, kernel.shape[3])
    whole[:, :, source] = kernel[:, :, source, own]
    return whole


def _separable(layer: Layer, unit: int) -> np.ndarray:
    """Return a depthwise kernel and a 1x1 kernel after it as one equivalent kernel."""
    deep = to_numpy(layer.depthwise_kernel, "float64")
    points = to_numpy(layer.pointwise_kernel, "float64")
    weights = points[0, 0, :, unit].reshape(deep.shape[2:])
    return np.asarray(np.einsum("rcim,im->rci", deep, weights))


def _dense(layer: Layer, unit: int) -> np.ndarray:
    return to_numpy(layer.kernel, "float64")[None, None, :, unit]


def _rules() -> list[tuple[type, Callable[[Any, int], np.ndarray]]]:
    from keras import layers

    return [
        (layers.Conv2D, _convolution),
        (layers.DepthwiseConv2D, _depthwise),
        (layers.SeparableConv2D, _separable),
        (layers.Dense, _dense),
    ]
