"""``weights``: which units of the layer before excite a unit, and which inhibit it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.brief import counted
from convscope.connections import kernels
from convscope.connections.connection import Connection
from convscope.connections.figure import connections
from convscope.connections.wiring import (
    COLOR_NAMES,
    FIRING,
    PLAIN,
    by_channel,
    input_name,
    usual_response,
)
from convscope.errors import InputError
from convscope.images import Picture
from convscope.maximization.thumbnails import common_precision, thumbnails
from convscope.networks.channel_sources import IMAGE, channel_maker, channel_source
from convscope.networks.layers import flat_layers
from convscope.networks.network import Network
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.progress import Progress
from convscope.results import TABLED, FigureResult
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure


@dataclass(frozen=True, eq=False)
class ConnectionWeights(FigureResult):
    """The connections of a unit to the layer before it.

    Args:
        unit: the unit, a channel or a class; for a negative one all signs are reversed.
        label: its address, with a class's label.
        made_by: the unit whose weights these are: the unit itself, or the one whose response its
            layer only passes on, as a softmax or a pool does.
        connections: to every unit that it takes input from, the most exciting first and the most
            inhibiting last.
        count: how many of each sign the figure shows.
        measure: what a strength is, in words.
        picture: what the unit itself looks for.
        network: its name.
        source: the network, the backend and versions.
    """

    unit: Unit
    label: str
    made_by: Unit
    connections: tuple[Connection, ...]
    count: int
    measure: str
    picture: Picture | None
    network: str
    source: Mapping[str, str]

    suffixes = TABLED

    @property
    def exciting(self) -> list[Connection]:
        """The connections above zero that the figure shows, strongest first."""
        return [each for each in self.connections[: self.count] if each.strength > 0]

    @property
    def inhibiting(self) -> list[Connection]:
        """The connections below zero that the figure shows, strongest first."""
        return [each for each in self.connections[: -self.count - 1 : -1] if each.strength < 0]

    def figure(self) -> "Figure":
        """Return a figure of the unit, and of the units that excite and inhibit it most."""
        from_layers = dict.fromkeys(each.unit.layer for each in self.connections if each.unit)
        before = " and ".join(from_layers) or "the picture's colours"
        return connections(
            self.label,
            self.picture,
            self.exciting,
            self.inhibiting,
            title=f"What excites and inhibits {self.label}{self._made()} of {self.network}, "
            f"from {before}",
            notes=[self._note()],
        )

    def _note(self) -> str:
        """Return what the figure's numbers and colours mean."""
        shown = [*self.exciting, *self.inhibiting]
        measure = self.measure
        if all(each.kernel.size == 1 for each in shown):
            measure = measure.replace(PLAIN, "its weight")
            colors = "The weight itself: red excites, blue inhibits, all on one scale."
        else:
            measure += (
                ", with the sign of the slice's sum; if a slice has both signs, this is a "
                "simplification"
            )
            colors = "Slices: red weights excite, blue ones inhibit, all on one scale."
        looked = ""
        if any(each.unit and each.picture is not None for each in shown):
            looked = " Each unit is shown by what it looks for."
        return f"Strength: {measure}. {colors}{looked}"

    def _made(self) -> str:
        """Return the address of the unit whose weights these are, if it is another one."""
        same = (self.unit.layer, self.unit.channel) == (self.made_by.layer, self.made_by.channel)
        return "" if same else f" ({self.made_by})"

    def lines(self) -> list[tuple[str, ...]]:
        """Return what the figure shows, a line for each connection."""
        return [(f"{each.strength:+.4g}", each.name) for each in (*self.exciting, *self.inhibiting)]

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each unit of the layer before, the most exciting first."""
        return [
            {
                "from": each.name,
                "strength": each.strength,
                "length": float(np.linalg.norm(each.kernel)),
                "sum": float(each.kernel.sum()),
                "usual": each.usual,
            }
            for each in self.connections
        ]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``kernels`` (n, rows, columns), ``strength`` (n,), ``from`` (n,) and pictures."""
        pictures = {each.name: each.picture for each in self.connections}
        pictures[str(self.unit)] = self.picture
        return {
            "kernels": np.stack([each.kernel for each in self.connections]).astype("float32"),
            "strength": np.array([each.strength for each in self.connections]),
            "from": np.array([each.name for each in self.connections], "str"),
            **{f"pictures/{name}": some for name, some in pictures.items() if some is not None},
        }

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "weights",
            "unit": str(self.unit),
            "label": self.label,
            "made_by": str(self.made_by),
            "count": str(self.count),
            "strength": self.measure,
            **self.source,
        }

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {**self.info(), "count": self.count, "inputs": self.table()}

    def _brief(self) -> str:
        connections = counted(len(self.connections), "connection")
        return f"of {self.label} in {self.network}: {connections}"


def weights(
    network: Network,
    unit: str | Unit,
    count: int = 5,
    *,
    pictures: bool = True,
    precision: str = "auto",
    progress: Progress | None = None,
) -> ConnectionWeights:
    """Return which units of the layer before excite a unit most, and which inhibit it most.

    The layer before is the one whose channels the unit's layer takes as its input. Pools,
    activations, norms, dropout and flattening between the two are skipped, and concatenations are
    taken apart. The same holds for the unit itself: 'pool:3' stands for the convolution before the
    pool.

    Args:
        network: from ``convscope.load``.
        unit: a channel of a convolution, or a unit of a dense layer: 'block5_conv3:17',
            'predictions:bee'.
        count: how many of each sign the figure shows.
        pictures: whether to make the picture of each unit shown, which takes most of the time.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called with the fraction done, in [0, 1], and what is being done.

    Returns:
        All connections of the unit, the most exciting first, each with its kernel.

    Raises:
        InputError: it is not one single channel, the count is not possible, or the weights of the
            layer cannot be shown; the message says why.
        UnknownName: no layer or class has this name.

    Example:
        ``cs.weights(network, "block2_conv1:5").save("wiring.png")``
    """
    count = whole("count", count)
    target = channel(network, unit)
    computing = {"precision": common_precision(precision, network)} if pictures else {}
    made_by, sign = _made_by(network, target)
    every, measure = _connections(network, made_by, sign)
    bare = ConnectionWeights(
        unit=target,
        label=network.describe(target),
        made_by=made_by,
        connections=every,
        count=int(count),
        measure=measure,
        picture=None,
        network=network.name,
        source=MappingProxyType({**source(network), **computing}),
    )
    if not pictures:
        return bare
    shown = [each.unit for each in (*bare.exciting, *bare.inhibiting) if each.unit]
    made = thumbnails(network, [target, *shown], progress, **computing)
    seen = (replace(each, picture=made.get(each.unit)) if each.unit else each for each in every)
    return replace(bare, picture=made[target], connections=tuple(seen))


def channel(network: Network, unit: str | Unit) -> Unit:
    """Return the single channel that an address stands for, with the layer's full address.

    Raises:
        InputError: the address stands for something else than one channel.
    """
    found = network.units(unit)
    if len(found) != 1 or found[0].kind != "channel":
        raise InputError(
            f"Expected one channel or class, such as 'layer:17'. Received: {unit}. Weights are the "
            "same at every place of a channel, and others for every channel."
        )
    return found[0]


def _made_by(network: Network, unit: Unit) -> tuple[Unit, float]:
    """Return the unit whose weights count, and the factor on its response after it."""
    assert unit.channel is not None
    sign = -1.0 if unit.negative else 1.0
    made = channel_maker(network, unit.layer)
    if made.grid:
        return replace(unit, negative=False), sign
    layer, channel = made.channels[unit.channel]
    if layer == IMAGE:
        return replace(unit, negative=False), sign
    return Unit(layer, channel), sign * float(made.scale[unit.channel])


def _connections(network: Network, unit: Unit, factor: float) -> tuple[tuple[Connection, ...], str]:
    """Return every connection of a unit, the most exciting first, and what their strengths are."""
    assert unit.channel is not None
    own = kernels.slices(flat_layers(network.model)[unit.layer], unit.channel, unit.layer)
    taken = channel_source(network, unit.layer)
    slices = by_channel(own * factor, taken)
    usual = [usual_response(network, *channel) for channel in taken.channels]
    firing = [each for each in usual if each is not None]
    expanded = len(firing) == len(usual)
    made = []
    for place, (layer, channel) in enumerate(taken.channels):
        kernel = slices[:, :, place]
        if not kernel.any():  # of another group: it is not listened to
            continue
        length = float(np.linalg.norm(kernel)) * (firing[place] if expanded else 1.0)
        made.append(
            Connection(
                unit=None if layer == IMAGE else Unit(layer, channel),
                name=input_name(network, layer, channel),
                kernel=kernel,
                usual=usual[place],
                strength=float(np.sign(kernel.sum())) * length,
                picture=_swatch(network, channel) if layer == IMAGE else None,
            )
        )
    ranked = sorted(made, key=lambda each: -each.strength)
    return tuple(ranked), FIRING if expanded else PLAIN


def _swatch(network: Network, channel: int) -> Picture | None:
    """Return a plain picture of one colour."""
    if network.channels not in COLOR_NAMES:
        return None
    plain = np.zeros((4, 4, network.channels), "float32")
    plain[:, :, channel] = 1.0
    return plain
