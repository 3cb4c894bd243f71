"""Which units of the layer before excite a unit and which inhibit it: ``weights``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures
from convscope.brief import Brief, counted
from convscope.errors import InputError
from convscope.figures.wiring import Wire, wiring
from convscope.maximize.icons import computed, icons
from convscope.models.layers import leaves
from convscope.models.natural import LEVELS
from convscope.models.network import Network
from convscope.models.origins import COLOURS, Origin, maker, origin
from convscope.models.provenance import source
from convscope.models.units import Unit
from convscope.pictures import Picture
from convscope.views import kernels, saving

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

COLOUR_NAMES = {3: ("red", "green", "blue"), 1: ("gray",)}
FIRING = "the length of its kernel slice, times how strongly the unit before usually fires"
PLAIN = "the length of its kernel slice"


@dataclass(frozen=True, eq=False)
class Connection(Brief):
    """How one unit of the layer before counts.

    Args:
        unit: that unit; of a first layer, None.
        name: its address, or the colour.
        kernel: (rows, columns), what its map is weighed with, batch norms between them included.
        usual: how strongly it usually fires, the mean over natural pictures of its response where
            that is above zero; None without statistics.
        strength: the length of the kernel (the root of its summed squares), with the sign of its
            sum, times ``usual`` if that is known for every unit of the layer.
        picture: what it looks for; a colour is shown as it is.
    """

    unit: Unit | None
    name: str
    kernel: np.ndarray
    usual: float | None
    strength: float
    picture: Picture | None = None


@dataclass(frozen=True, eq=False)
class Wiring(Brief):
    """What a unit listens to.

    Args:
        unit: the unit, a channel or a class; of a negative one all signs are turned.
        label: its address, with a class's label.
        made_by: the unit whose weights these are: itself, or the one whose response its layer only
            passes on, as a softmax or a pool does.
        connections: to every unit that it takes something from, the most exciting first and the
            most inhibiting last.
        count: how many of each the figure shows.
        measure: what a strength is, in words.
        picture: what the unit itself looks for.
        network: its name.
        source: which network, on which backend and versions.
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

    @property
    def exciting(self) -> list[Connection]:
        """Those that the figure shows above zero, strongest first."""
        return [each for each in self.connections[: self.count] if each.strength > 0]

    @property
    def inhibiting(self) -> list[Connection]:
        """Those that the figure shows below zero, strongest first."""
        return [each for each in self.connections[: -self.count - 1 : -1] if each.strength < 0]

    def figure(self) -> "Figure":
        """The unit, and the units that excite and inhibit it most, each with its kernel."""
        from_layers = dict.fromkeys(each.unit.layer for each in self.connections if each.unit)
        before = " and ".join(from_layers) or "the picture's colours"
        return wiring(
            self.label,
            self.picture,
            [_wire(each) for each in self.exciting],
            [_wire(each) for each in self.inhibiting],
            title=f"What {self.label}{self._made()} of {self.network} listens to, among {before}",
            notes=[self._note()],
        )

    def _note(self) -> str:
        """What the figure's numbers and colours mean."""
        shown = [*self.exciting, *self.inhibiting]
        measure = self.measure
        if all(each.kernel.size == 1 for each in shown):
            measure = measure.replace(PLAIN, "its weight")
            colours = "The weight itself: red excites, blue inhibits, all on one scale."
        else:
            measure += (
                ", with the sign of the slice's sum: where a slice has both signs, that is not the "
                "whole truth"
            )
            colours = "Slices: red weights excite, blue ones inhibit, all on one scale."
        looked = ""
        if any(each.unit and each.picture is not None for each in shown):
            looked = " Each unit is shown by what it looks for."
        return f"Strength: {measure}. {colours}{looked}"

    def _made(self) -> str:
        """Whose the weights are, if not the unit's own."""
        same = (self.unit.layer, self.unit.channel) == (self.made_by.layer, self.made_by.channel)
        return "" if same else f" ({self.made_by})"

    def lines(self) -> list[tuple[str, ...]]:
        """What the figure shows, a line each."""
        return [(f"{each.strength:+.4g}", each.name) for each in (*self.exciting, *self.inhibiting)]

    def table(self) -> list[dict[str, Any]]:
        """One row for each unit of the layer before, the most exciting first."""
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
        """``kernels`` (n, rows, columns), ``strength`` (n,), ``from`` (n,), and the pictures."""
        pictures = {each.name: each.picture for each in self.connections}
        pictures[str(self.unit)] = self.picture
        return {
            "kernels": np.stack([each.kernel for each in self.connections]).astype("float32"),
            "strength": np.array([each.strength for each in self.connections]),
            "from": np.array([each.name for each in self.connections], "str"),
            **{f"pictures/{name}": some for name, some in pictures.items() if some is not None},
        }

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a saved file."""
        return {
            "convscope": "weights",
            "unit": str(self.unit),
            "label": self.label,
            "made_by": str(self.made_by),
            "count": str(self.count),
            "strength": self.measure,
            **self.source,
        }

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
        return {**self.info(), "count": self.count, "inputs": self.table()}

    def save(self, path: "str | Path", *, dpi: int = figures.DPI) -> "Path":
        """Write it, whole or not at all: .png, .pdf, .svg, .npz, .json or .csv."""
        return saving.save(self, path, self.table(), dpi=dpi)

    def _brief(self) -> str:
        connections = counted(len(self.connections), "connection")
        return f"of {self.label} in {self.network}: {connections}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


def weights(
    network: Network,
    unit: str | Unit,
    count: int = 5,
    *,
    pictures: bool = True,
    precision: str = "auto",
    told: Callable[[str, float], None] | None = None,
) -> Wiring:
    """Show which units of the layer before excite a unit most, and which inhibit it.

    The layer before is the one whose channels the unit's layer takes: pools, activations, norms,
    dropout and flattening are passed over, concatenations are taken apart. So are they from the
    unit itself: what 'pool:3' listens to is what the convolution before the pool does.

    Args:
        network: from ``convscope.load``.
        unit: a channel of a convolution, or a unit of a dense layer: 'block5_conv3:17',
            'predictions:bee'.
        count: how many of each sign to show.
        pictures: also climb the picture of each unit shown, by the default recipe; that takes most
            of the time.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        told: called with what is being looked for, and the share that is done.

    Raises:
        InputError: it is no single channel, or its weights cannot be shown; the message says why.

    Example:
        ``cs.weights(network, "block2_conv1:5").save("wiring.png")``
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise InputError(f"Expected a count of at least 1. Received: {count!r}.")
    wanted = channel(network, unit)
    computing = {"precision": computed(precision, network)} if pictures else {}
    made_by, sign = _made_by(network, wanted)
    every, measure = _connections(network, made_by, sign)
    bare = Wiring(
        unit=wanted,
        label=network.describe(wanted),
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
    made = icons(network, [wanted, *shown], told, **computing)
    seen = (replace(each, picture=made.get(each.unit)) if each.unit else each for each in every)
    return replace(bare, picture=made[wanted], connections=tuple(seen))


def channel(network: Network, unit: str | Unit) -> Unit:
    """The channel of an address, in the network's own words."""
    found = network.units(unit)
    if len(found) != 1 or found[0].kind != "channel":
        raise InputError(
            f"Expected one channel or class, such as 'layer:17'. Received: {unit}. Weights are the "
            "same at every place of a channel, and others for every channel."
        )
    return found[0]


def _made_by(network: Network, unit: Unit) -> tuple[Unit, float]:
    """The unit whose weights count for a unit, and what its response was multiplied by since."""
    assert unit.channel is not None
    sign = -1.0 if unit.negative else 1.0
    made = maker(network, unit.layer)
    if made.grid:
        return replace(unit, negative=False), sign
    layer, channel = made.channels[unit.channel]
    if layer == COLOURS:
        return replace(unit, negative=False), sign
    return Unit(layer, channel), sign * float(made.scale[unit.channel])


def _connections(network: Network, unit: Unit, factor: float) -> tuple[tuple[Connection, ...], str]:
    """Every connection of a unit, the most exciting first; and what their strengths are."""
    assert unit.channel is not None
    own = kernels.slices(leaves(network.model)[unit.layer], unit.channel, unit.layer)
    taken = origin(network, unit.layer)
    slices = _by_channel(own * factor, taken)
    usual = [_usual(network, *channel) for channel in taken.channels]
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
                unit=None if layer == COLOURS else Unit(layer, channel),
                name=_name(network, layer, channel),
                kernel=kernel,
                usual=usual[place],
                strength=float(np.sign(kernel.sum())) * length,
                picture=_swatch(network, channel) if layer == COLOURS else None,
            )
        )
    ranked = sorted(made, key=lambda each: -each.strength)
    return tuple(ranked), FIRING if expanded else PLAIN


def _by_channel(own: np.ndarray, taken: Origin) -> np.ndarray:
    """A slice for each channel: those of a dense layer after flattening get rows and columns."""
    if taken.grid:
        return taken.spread(own[0, 0]) * taken.scale
    return own * taken.scale


def _usual(network: Network, layer: str, channel: int) -> float | None:
    """The mean over natural pictures of a unit's response where that is above zero.

    From the recorded quantiles, taken to lie on straight lines between them: those of the middle
    neuron of a channel, or of a unit without space. Colours have none.
    """
    if network.natural is None or layer == COLOURS:
        return None
    kind = "neuron" if network.layers[layer].is_map else "channel"
    quantiles = network.natural.arrays.get(f"{layer}/{kind}/quantiles")
    if quantiles is None:
        return None
    firing = np.maximum(quantiles[:, channel], 0).astype("float64")
    return float(((firing[1:] + firing[:-1]) / 2 * np.diff(LEVELS)).sum())


def _name(network: Network, layer: str, channel: int) -> str:
    if layer != COLOURS:
        return str(Unit(layer, channel))
    names = COLOUR_NAMES.get(network.channels)
    return names[channel] if names else f"channel {channel} of the picture"


def _swatch(network: Network, channel: int) -> Picture | None:
    """A colour as a picture of nothing else."""
    if network.channels not in COLOUR_NAMES:
        return None
    plain = np.zeros((4, 4, network.channels), "float32")
    plain[:, :, channel] = 1.0
    return plain


def _wire(connection: Connection) -> Wire:
    return Wire(connection.name, connection.kernel, connection.strength, connection.picture)
