"""The weights between two layers as kernels: one slice for each pair of units."""

from collections.abc import Callable

import numpy as np

from convscope.backend import Layer, to_numpy
from convscope.errors import ModelError

Slices = Callable[[int], np.ndarray]  # from a unit's index to its slices, (rows, columns, inputs)


def slices(layer: Layer, unit: int, address: str) -> np.ndarray:
    """Return the weights of one of a layer's units for its inputs: (rows, columns, inputs).

    A dense layer has one row and one column, and an input for each entry of its input vector. A
    slice is upright: its top left weight is for the top left of a place.

    Raises:
        ModelError: the layer has no kernel, or one that is not read here.
    """
    return reader(layer, address)(unit)


def reader(layer: Layer, address: str) -> Slices:
    """Return what ``slices`` would, as a function of the unit; the kernel is read only once.

    Raises:
        ModelError: the layer has no kernel, or one that is not read here.
    """
    rule = next((rule for kind, rule in _rules() if isinstance(layer, kind)), None)
    if rule is None:
        raise ModelError(
            f"{address} ({type(layer).__name__}) has no kernel of a convolution or a dense layer, "
            "so no weights to show. Try: a unit of a layer that convolves, or a class."
        )
    return rule(layer)


def _convolution(layer: Layer) -> Slices:
    """Return (rows, columns, inputs of a group, units) as slices; other groups get zeros."""
    kernel, groups = to_numpy(layer.kernel), layer.groups
    inputs = kernel.shape[2]

    def one(unit: int) -> np.ndarray:
        whole = np.zeros((*kernel.shape[:2], inputs * groups))
        begin = unit // (kernel.shape[3] // groups) * inputs
        whole[:, :, begin : begin + inputs] = kernel[:, :, :, unit]
        return whole

    return one


def _depthwise(layer: Layer) -> Slices:
    """(rows, columns, inputs, units of each)."""
    kernel = to_numpy(layer.kernel)

    def one(unit: int) -> np.ndarray:
        whole = np.zeros(kernel.shape[:3])
        source, own = divmod(unit, kernel.shape[3])
        whole[:, :, source] = kernel[:, :, source, own]
        return whole

    return one


def _separable(layer: Layer) -> Slices:
    """Return a depthwise kernel and a 1x1 kernel after it as one equivalent kernel."""
    deep = to_numpy(layer.depthwise_kernel, "float64")
    points = to_numpy(layer.pointwise_kernel, "float64")

    def one(unit: int) -> np.ndarray:
        weights = points[0, 0, :, unit].reshape(deep.shape[2:])
        return np.asarray(np.einsum("rcim,im->rci", deep, weights))

    return one


def _dense(layer: Layer) -> Slices:
    kernel = to_numpy(layer.kernel)
    return lambda unit: kernel[None, None, :, unit].astype("float64")


def _rules() -> list[tuple[type, Callable[[Layer], Slices]]]:
    from keras import layers

    return [
        (layers.Conv2D, _convolution),
        (layers.DepthwiseConv2D, _depthwise),
        (layers.SeparableConv2D, _separable),
        (layers.Dense, _dense),
    ]
