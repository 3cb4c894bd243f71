"""``Wiring``: the strengths of all connections of a network, read layer by layer when needed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.connections import kernels
from convscope.errors import ModelError
from convscope.networks.channel_sources import (
    IMAGE,
    ChannelSource,
    channel_makers,
    channel_sources,
)
from convscope.networks.layers import flat_layers
from convscope.networks.natural_statistics import LEVELS
from convscope.networks.network import Network
from convscope.networks.units import Unit

COLOR_NAMES = {3: ("red", "green", "blue"), 1: ("gray",)}
FIRING = "the length of its kernel slice, times how strongly the unit before usually fires"
PLAIN = "the length of its kernel slice"

Named = tuple[tuple[str, float], ...]  # units by address, each with a number


@dataclass(frozen=True)
class Strongest(Brief):
    """The strongest connections of a unit on one side.

    Args:
        measure: what a strength is, in words.
        exciting: units and strengths above zero, strongest first.
        inhibiting: units and strengths below zero, strongest first.
    """

    measure: str
    exciting: Named
    inhibiting: Named

    @classmethod
    def of(cls, measure: str, some: Iterable[tuple[str, float]], count: int) -> "Strongest":
        """Return at most ``count`` of each sign."""
        ranked = sorted(some, key=lambda each: -each[1])
        return cls(
            measure,
            tuple(each for each in ranked[:count] if each[1] > 0),
            tuple(each for each in ranked[: -count - 1 : -1] if each[1] < 0),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and names."""
        return {
            "measure": self.measure,
            "exciting": [list(each) for each in self.exciting],
            "inhibiting": [list(each) for each in self.inhibiting],
        }


@dataclass(frozen=True, eq=False)
class _Layer(Brief):
    """The kernels of one layer.

    Args:
        sources: the channels that it takes.
        lengths: (units, inputs): the length of each slice, with the sign of its sum.
        usual: how strongly each input usually fires; None if that is not known of all.
    """

    sources: Sequence[tuple[str, int]]
    lengths: np.ndarray
    usual: np.ndarray | None


class Wiring:
    """The connections of a network's units, by weights alone.

    Args:
        network: from ``convscope.load``.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._layers = flat_layers(network.model)
        self._known: dict[str, _Layer] = {}
        self._directions: tuple[str, np.ndarray] | None = None  # of one layer: they are large

    def inputs(self, unit: Unit, count: int) -> Strongest:
        """Return the units before a unit that excite and inhibit it most.

        Raises:
            ModelError: the weights of its layer cannot be read; the message says why.
        """
        layer, channel, factor = self._maker(unit)
        own = self._layer(layer)
        values = own.lengths[channel] * factor * (1.0 if own.usual is None else own.usual)
        names = [input_name(self._network, *each) for each in own.sources]
        measure = PLAIN if own.usual is None else FIRING
        return Strongest.of(measure, zip(names, map(float, values), strict=True), count)

    def kernels(self, unit: Unit) -> dict[str, np.ndarray]:
        """Return the kernel slice of each input of a unit by its address: each (rows, columns).

        Raises:
            ModelError: the weights of its layer cannot be read.
        """
        layer, channel, factor = self._maker(unit)
        taken = self._layer(layer).sources
        slices = kernels.reader(self._layers[layer], layer)
        own = by_channel(slices(channel), self._sources[layer]) * factor
        names = (input_name(self._network, *each) for each in taken)
        return {name: own[..., place] for place, name in enumerate(names)}

    def outputs(self, unit: Unit, count: int) -> Strongest:
        """Return the units after a unit that it excites and inhibits most.

        Raises:
            ModelError: no layer with weights takes it as its input.
        """
        layer, channel, factor = self._maker(unit)
        found: list[tuple[str, float]] = []
        for after in self._readers.get((layer, channel), ()):
            own = self._layer(after)
            for place in (i for i, each in enumerate(own.sources) if each == (layer, channel)):
                # A pool's channel is what it passes on, so its own factor comes off again.
                values = own.lengths[:, place] * np.sign(factor)
                found += [(str(Unit(after, i)), float(value)) for i, value in enumerate(values)]
        if not found:
            raise ModelError(f"No layer with weights is known to take {unit} as its input.")
        return Strongest.of(PLAIN, found, count)

    def nearest(self, unit: Unit, count: int) -> Named:
        """Return the units of the same layer with the most similar kernels, by cosine.

        Raises:
            ModelError: the weights of its layer cannot be read.
        """
        layer, channel, _ = self._maker(unit)
        if self._directions is None or self._directions[0] != layer:
            self._directions = layer, self._unit_vectors(layer)
        vectors = self._directions[1]
        cosines = vectors @ vectors[channel]
        cosines[channel] = -np.inf
        best = np.argsort(-cosines, kind="stable")[: min(count, len(cosines) - 1)]
        # A layer that only passes channels on has the same neighbours, by their own addresses.
        return tuple((str(Unit(layer, int(i))), float(cosines[i])) for i in best)

    @cached_property
    def _sources(self) -> dict[str, ChannelSource]:
        return channel_sources(self._network)

    @cached_property
    def _makers(self) -> dict[str, ChannelSource]:
        return channel_makers(self._network)

    @cached_property
    def _readers(self) -> dict[tuple[str, int], list[str]]:
        """The layers with a kernel that take a channel."""
        found: dict[tuple[str, int], list[str]] = {}
        for address, source in self._sources.items():
            try:
                kernels.reader(self._layers[address], address)
            except ModelError:
                continue
            for channel in dict.fromkeys(source.channels):
                found.setdefault(channel, []).append(address)
        return found

    def _maker(self, unit: Unit) -> tuple[str, int, float]:
        """Return the layer and channel whose weights count, and the factor on its response."""
        if unit.channel is None:
            raise ModelError("A whole layer has no connections of its own.")
        sign = -1.0 if unit.negative else 1.0
        made = self._makers.get(unit.layer)
        if made is None or made.grid:
            return unit.layer, unit.channel, sign
        layer, channel = made.channels[unit.channel]
        if layer == IMAGE:
            return unit.layer, unit.channel, sign
        return layer, channel, sign * float(made.scale[unit.channel])

    def _layer(self, address: str) -> _Layer:
        if address not in self._known:
            self._known[address] = self._read(address)
        return self._known[address]

    def _read(self, address: str) -> _Layer:
        slices = kernels.reader(self._layers[address], address)
        taken = self._sources.get(address)
        if taken is None:
            raise ModelError(
                f"The input of {address} comes from an operation that is not a layer, or from "
                "several layers at once."
            )
        rows = []
        for unit in range(self._network.layers[address].channels):
            own = by_channel(slices(unit), taken)
            length = np.sqrt(np.einsum("rci,rci->i", own, own))
            rows.append(np.sign(own.sum(axis=(0, 1))) * length)
        usual = [usual_response(self._network, *channel) for channel in taken.channels]
        known = [each for each in usual if each is not None]
        return _Layer(
            taken.channels, np.stack(rows), np.array(known) if len(known) == len(usual) else None
        )

    def _unit_vectors(self, address: str) -> np.ndarray:
        """Return the kernel of each unit, as a vector of length 1: (units, weights)."""
        slices: Callable[[int], np.ndarray] = kernels.reader(self._layers[address], address)
        units = range(self._network.layers[address].channels)
        every = np.stack([slices(unit).ravel().astype("float32") for unit in units])
        lengths = np.linalg.norm(every, axis=1, keepdims=True)
        return np.asarray(every / np.where(lengths > 0, lengths, 1))


def by_channel(own: np.ndarray, taken: ChannelSource) -> np.ndarray:
    """Return a slice for each channel; after flattening, with rows and columns restored."""
    if taken.grid:
        return taken.spread(own[0, 0]) * taken.scale
    return own * taken.scale


def usual_response(network: Network, layer: str, channel: int) -> float | None:
    """Return the mean over natural pictures of a unit's response, negative values taken as 0.

    It is computed from the recorded quantiles by linear interpolation: those of the middle neuron
    of a channel, or of a unit without rows and columns. Colours have none.
    """
    if network.natural is None or layer == IMAGE:
        return None
    kind = "neuron" if network.layers[layer].is_map else "channel"
    quantiles = network.natural.arrays.get(f"{layer}/{kind}/quantiles")
    if quantiles is None:
        return None
    firing = np.maximum(quantiles[:, channel], 0).astype("float64")
    return float(((firing[1:] + firing[:-1]) / 2 * np.diff(LEVELS)).sum())


def input_name(network: Network, layer: str, channel: int) -> str:
    """Return the address of a channel, or the colour."""
    if layer != IMAGE:
        return str(Unit(layer, channel))
    names = COLOR_NAMES.get(network.channels)
    return names[channel] if names else f"channel {channel} of the picture"
