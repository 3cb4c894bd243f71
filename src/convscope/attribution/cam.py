"""Where the features of a late layer speak for the unit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from convscope import gradients
from convscope.attribution.decision import Decision, Program
from convscope.attribution.heat import Heat
from convscope.errors import InputError
from convscope.models.layers import LayerInfo, channels_first, leaves
from convscope.models.network import Network
from convscope.models.taps import shadowed
from convscope.objectives import Bound


def grad_cam(decision: Decision, *, layer: str | None) -> Heat:
    """The layer's maps, weighted by their mean slopes: sum_k mean(df/dA_k) A_k (Selvaraju 2017).

    Unlike the paper's, the map keeps its sign: what is below zero speaks against the unit. It is as
    coarse as the layer, and enlarged to the photo.
    """
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    weights = slopes.mean(axis=(0, 1), dtype="float64")
    return Heat(enlarged(maps @ weights, decision.photo.shape[:2]), used={"layer": info.address})


def layer_with_space(decision: Decision, name: str | None) -> LayerInfo:
    """The layer of that name, or the last one before the unit whose maps have several places.

    A pooling is passed over for the finer maps that it pools.
    """
    network = decision.network
    order = list(network.layers)
    target = min(decision.target.layers, key=order.index)
    before = [network.layers[address] for address in order[: order.index(target)]]
    spatial = [info for info in before if info.is_map and info.shape[0] * info.shape[1] > 1]
    if not spatial:
        raise InputError(
            f"Grad-CAM needs a layer with rows and columns before {target}; {network.name} has "
            "none. Try: method='integrated-gradients'."
        )
    last = next((i for i in reversed(spatial) if "Pooling" not in i.kind), spatial[-1])
    if name is None:
        return last
    info = network.layer(name)
    if info not in before:
        raise InputError(
            f"Expected a layer that runs before {target}. Received: {info.address}. "
            f"Try: layer={last.address!r}."
        )
    if info not in spatial:
        raise InputError(
            f"Expected a layer with rows and columns. Received: {info.address}, of shape "
            f"{info.shape}. Try: layer={last.address!r}."
        )
    return info


def maps_and_slopes(decision: Decision, info: LayerInfo) -> tuple[np.ndarray, np.ndarray]:
    """A layer's answer to the photo, after its activation, and the score's slope there.

    Returns:
        Two arrays (height, width, channels).
    """

    def make(bound: Bound) -> Program:
        return _listener(decision.network, info, bound)

    maps, slopes = decision.run(("maps and slopes", info.address), make, [decision.photo])
    return maps[0], slopes[0]


def _listener(network: Network, info: LayerInfo, bound: Bound) -> Program:
    from keras import ops

    layers = leaves(network.model)
    layer, first = layers[info.address], channels_first(layers)
    rows, columns, channels = info.shape
    shape = (channels, rows, columns) if first else info.shape

    def listen(pictures: Any, *data: Any) -> Sequence[Any]:
        def total(nudge: Any) -> tuple[Any, Any]:
            with nudged(layer, nudge) as heard:
                seen = network.see(pictures, bound.taps)
            return ops.sum(bound.score(seen, data)), heard[0]

        # The slope to a nudge of nothing is the slope to the layer's own output.
        nothing = ops.zeros((pictures.shape[0], *shape), "float32")
        (_, maps), slopes = gradients.value_and_gradient(total, nothing)
        return [ops.transpose(x, (0, 2, 3, 1)) if first else x for x in (maps, slopes)]

    return listen


@contextmanager
def nudged(layer: Any, nudge: Any) -> Iterator[list[Any]]:
    """Add ``nudge`` to what a layer gives when it is first called, and note the sum."""
    from keras import ops

    heard: list[Any] = []

    def listening(original: Any) -> Any:
        def call(*args: Any, **kw: Any) -> Any:
            output = original(*args, **kw)
            if not heard:
                output = output + ops.cast(nudge, output.dtype)
                heard.append(output)
            return output

        return call

    with (
        shadowed(layer, "call", listening(layer.call)),
        shadowed(layer, "quantized_call", listening(layer.quantized_call)),
    ):
        yield heard


def enlarged(coarse: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resample a map to (height, width), linearly between the middles of its places.

    Example:
        >>> enlarged(np.array([[0.0, 1.0]]), (1, 4))
        array([[0.  , 0.25, 0.75, 1.  ]])
    """
    for axis, side in enumerate(size):
        last = coarse.shape[axis] - 1
        at = np.clip((np.arange(side) + 0.5) * (last + 1) / side - 0.5, 0, last)
        low = np.floor(at).astype("int64")
        share = np.expand_dims(at - low, 1 - axis)
        near, far = coarse.take(low, axis), coarse.take(np.minimum(low + 1, last), axis)
        coarse = near * (1 - share) + far * share
    return coarse
