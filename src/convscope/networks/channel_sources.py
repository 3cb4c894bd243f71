"""The sources of a layer's channels, back through pools, activations, norms and concatenations."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from convscope.backend import Layer, to_numpy
from convscope.brief import Brief
from convscope.errors import ModelError
from convscope.networks.layers import channels_first, flat_layers
from convscope.networks.network import Network
from convscope.networks.patches import capture
from convscope.networks.patches.trace import Call, trace
from convscope.networks.units import Unit

IMAGE = ""  # no layer has this address: the picture itself


@dataclass(frozen=True, eq=False)
class ChannelSource(Brief):
    """The layers and channels that a value's channels come from.

    Args:
        channels: of each channel, the address of the layer that makes it and its index there; of
            the picture's own colours the address is ``IMAGE`` and the index is that of RGB.
        scale: what each was multiplied by since, by batch norms and rescalings: (channels,), or
            (rows, columns, channels) of flattened maps.
        grid: (rows, columns) if maps were flattened to this value, row by row, channels last.
    """

    channels: tuple[tuple[str, int], ...]
    scale: np.ndarray
    grid: tuple[int, int] | None = None

    @classmethod
    def of(cls, layer: str, indices: Sequence[int]) -> "ChannelSource":
        """Return the origin of channels that a layer computes itself."""
        return cls(tuple((layer, int(index)) for index in indices), np.ones(len(indices)))

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return a number for each entry of the value's last axis, as (rows, columns, channels)."""
        return values.reshape(*(self.grid or (1, 1)), len(self.channels))


@dataclass(frozen=True, eq=False)
class _Call(Brief):
    """One call of a layer: the origins of its inputs (None if no layer made one), and shapes."""

    layer: Layer
    inputs: list[ChannelSource | None]
    shapes: list[tuple[int, ...]]
    first: bool  # whether channels come before rows and columns

    @property
    def only(self) -> ChannelSource | None:
        """The origin of the only input."""
        return self.inputs[0] if len(self.inputs) == 1 else None

    def is_channels(self, axis: int) -> bool:
        """Return whether an axis of the input is the axis of the channels."""
        rank = len(self.shapes[0])
        return axis % rank == (1 if self.first and rank == 4 else rank - 1)


def channel_source(network: Network, address: str) -> ChannelSource:
    """Return the origin of the channels that a layer takes as its input.

    Raises:
        ModelError: the layer takes what no layer made, or several values.
    """
    taken = _traced(network, address).taken
    if taken is None or taken.only is None:
        raise ModelError(
            f"The input of {address} comes from an operation that is not a layer, or from several "
            "layers at once, so the units before it are not known. Try: a layer whose input is the "
            "output of one layer."
        )
    return taken.only


def channel_sources(network: Network) -> dict[str, ChannelSource]:
    """Return what ``channel_source`` would, for every layer for which that is known, in one run."""
    runs = _traces(network)
    return {
        address: run.taken.only
        for address, run in runs.items()
        if run.taken is not None and run.taken.only is not None
    }


def channel_maker(network: Network, address: str) -> ChannelSource:
    """Return the origin of the channels that a layer gives: its own, or those that it passes on."""
    return _traced(network, address).made or ChannelSource.of(
        address, range(network.layers[address].channels)
    )


def channel_makers(network: Network) -> dict[str, ChannelSource]:
    """Return what ``channel_maker`` would, for every layer, in one run."""
    runs = _traces(network)
    return {
        address: (address in runs and runs[address].made)
        or ChannelSource.of(address, range(info.channels))
        for address, info in network.layers.items()
    }


def unit_sources(network: Network, units: Iterable[Unit]) -> dict[Unit, Unit]:
    """Return for each unit the channel that it passes on unchanged, or the unit itself.

    A pool or a concatenation gives values after an activation function. Where these are zero, they
    have no gradient, while the channel itself still has one before its own activation. A norm
    counts as a source, since it comes before the activation. Neurons and global maxima are returned
    as they are, and so is the output of a layer that is called more than once.
    """
    from keras.layers import GlobalMaxPooling2D

    every = list(units)
    layers = flat_layers(network.model)
    addresses = {unit.layer for unit in every} & layers.keys()
    traces = {
        address: _traced(network, address, norms=False)
        for address in addresses
        if _rule(layers[address], norms=False)
        and not isinstance(layers[address], GlobalMaxPooling2D)
    }
    return {unit: _source(unit, traces.get(unit.layer)) for unit in every}


@dataclass(frozen=True)
class _Trace(Brief):
    """The result of a run: a layer's first call, its output's origin, and repeated layers."""

    taken: _Call | None
    made: ChannelSource | None
    again: frozenset[str]


def _source(unit: Unit, run: _Trace | None) -> Unit:
    made = run.made if run else None
    if not run or not made or made.grid or unit.channel is None or unit.at is not None:
        return unit
    layer, channel = made.channels[unit.channel]
    # Of a layer that is called again only the first call would be captured.
    captured = layer != IMAGE and layer not in run.again
    return replace(unit, layer=layer, channel=channel) if captured else unit


def _traced(network: Network, address: str, norms: bool = True) -> _Trace:
    """Return the origin of one layer's channels; see ``_traces``."""
    return _traces(network, norms).get(address, _Trace(None, None, frozenset()))


def _traces(network: Network, norms: bool = True) -> dict[str, _Trace]:
    """Run the model on plain gray and return the origin of each layer's channels.

    Pools, activations, dropout, padding and flattening are skipped, and norms unless they count as
    sources. Concatenations are taken apart. Any other layer, such as a sum of two branches,
    computes channels of its own.
    """
    layers = flat_layers(network.model)
    inputs = network.preprocess(np.full((1, *network.size, network.channels), 0.5, "float32"))
    colors = range(network.channels)
    picture = ChannelSource.of(IMAGE, colors[::-1] if network.preprocessing.bgr else colors)
    known: dict[int, ChannelSource] = {id(inputs): picture}
    taken: dict[str, _Call] = {}
    made: dict[str, ChannelSource] = {}
    calls: dict[str, int] = {}
    first = channels_first(layers)

    def note(call: Call) -> None:
        rule = _rule(call.layer, norms)
        parts = list(call.layer._flatten_layers(include_self=False))
        shapes = [tuple(map(int, each.shape)) for each in call.inputs]
        this = _Call(call.layer, [known.get(id(each)) for each in call.inputs], shapes, first)
        if call.address:
            calls[call.address] = call.number + 1
            taken.setdefault(call.address, this)
        if rule and None in this.inputs:
            return  # what passes channels on of unknown origin gives such
        if not call.address:  # a function, which has no channels of its own
            found = rule and rule(this)
            known.update({id(tensor): found for tensor in call.outputs if found})
            return
        for tensor in call.outputs:
            if parts and id(tensor) in known:
                continue  # what one of its parts made is that part's
            shape = tuple(map(int, tensor.shape))
            count = shape[1] if first and len(shape) == 4 else shape[-1]
            known[id(tensor)] = (rule and rule(this)) or ChannelSource.of(
                call.address, range(count)
            )
            made.setdefault(call.address, known[id(tensor)])

    trace(network.model, layers, inputs, note)
    again = frozenset(name for name, count in calls.items() if count > 1)
    return {address: _Trace(taken[address], made.get(address), again) for address in taken}


Rule = Callable[[_Call], ChannelSource | None]  # None after all where it makes channels of its own


def _rule(layer: Layer, norms: bool = True) -> Rule | None:
    """Return how a layer passes channels on; None if it computes its own."""
    rules = _rules() if norms else [row for row in _rules() if row[1] not in NORMS]
    rule = next((rule for kinds, rule in rules if isinstance(layer, kinds)), None)
    return _unchanged if rule is None and capture.is_activation(layer) else rule


def _rules() -> list[tuple[tuple[type, ...], Rule]]:
    """Return a function for each kind of layer, from a call to the origin of the layer's output."""
    from keras import layers

    same = (
        *(layers.MaxPooling2D, layers.AveragePooling2D),
        *(layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D),
        *(layers.Dropout, layers.SpatialDropout2D, layers.GaussianDropout, layers.GaussianNoise),
        *(layers.ZeroPadding2D, layers.Cropping2D, layers.UpSampling2D, layers.Identity),
    )
    return [
        (same, _unchanged),
        ((layers.BatchNormalization,), _normed),
        ((layers.Normalization,), _normalised),
        ((layers.Rescaling,), _rescaled),
        ((layers.Flatten, layers.Reshape), _flattened),
        ((layers.Concatenate,), _joined),
    ]


def _unchanged(call: _Call) -> ChannelSource | None:
    return call.only


def _scaled(call: _Call, factors: np.ndarray) -> ChannelSource | None:
    """Return the origin with one more factor for each entry of the channels' axis."""
    found = call.only
    assert found is not None
    entries = len(found.channels) * math.prod(found.grid or (1,))
    try:
        spread = np.broadcast_to(factors, (entries,)).astype("float64")
    except ValueError:  # it scales something else than channels
        return None
    if found.grid:
        spread = found.spread(spread)
    return replace(found, scale=found.scale * spread)


def _normed(call: _Call) -> ChannelSource | None:
    layer = call.layer
    if call.only is None or not call.is_channels(layer.axis):
        return None
    deviation = np.sqrt(to_numpy(layer.moving_variance, "float64") + layer.epsilon)
    return _scaled(call, (to_numpy(layer.gamma, "float64") if layer.scale else 1.0) / deviation)


def _normalised(call: _Call) -> ChannelSource | None:
    if call.only is None or call.layer.invert:
        return None
    variance = np.ravel(to_numpy(call.layer.variance, "float64"))
    return _scaled(call, 1 / np.sqrt(np.maximum(variance, 1e-12)))


def _rescaled(call: _Call) -> ChannelSource | None:
    if call.only is None:
        return None
    return _scaled(call, np.ravel(to_numpy(call.layer.scale, "float64")))


def _flattened(call: _Call) -> ChannelSource | None:
    """Return the origin after maps are flattened to a vector, or a single place to a vector."""
    from keras import layers

    found, shape = call.only, call.shapes[0]
    if found is None or len(shape) == 2:
        return found if isinstance(call.layer, layers.Flatten) else None
    if len(shape) != 4:
        return None
    rows, columns = shape[2:] if call.first else shape[1:3]
    flat = isinstance(call.layer, layers.Flatten) or len(call.layer.target_shape) == 1
    # The order of the entries is only known where channels come last, or stand alone.
    orderly = not call.first or getattr(call.layer, "data_format", None) == "channels_first"
    if not flat or not (orderly or rows * columns == 1):
        return None
    return found if rows * columns == 1 else replace(found, grid=(rows, columns))


def _joined(call: _Call) -> ChannelSource | None:
    parts = [each for each in call.inputs if each is not None]
    if not call.is_channels(call.layer.axis) or any(each.grid for each in parts):
        return None
    channels = tuple(channel for each in parts for channel in each.channels)
    return ChannelSource(channels, np.concatenate([each.scale for each in parts]))


NORMS = (_normed, _normalised, _rescaled)  # what changes the values, not only the places
