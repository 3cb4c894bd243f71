"""``compare``: which units differ most between two photos or two networks."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count as count_up
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from convscope.activation.activations import activations
from convscope.activation.layers import evenly_spread, resolve_layers
from convscope.activation.result import ROWS, Activations
from convscope.brief import Brief, counted
from convscope.comparison.figure import Pair, PairRow, differences
from convscope.drawing.tile import COVERING, Scale
from convscope.errors import InputError
from convscope.images import PhotoLike, Picture
from convscope.maximization.thumbnails import common_precision, thumbnails
from convscope.networks.blocks import main_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.photo import display_name, recorded_path
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.progress import Progress, part
from convscope.results import TABLED, FigureResult
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure


NATURAL = "natural standard deviations"
POOLED = "spreads of the layer"
UNITS_OF = {
    NATURAL: "the standard deviation of the channel's mean response, before activation, over "
    "natural pictures",
    POOLED: "the spread of the layer's responses over the places of both, all channels together",
}


@dataclass(frozen=True)
class ChannelDifference:
    """How one channel differs between the two sides.

    Args:
        unit: the channel.
        means: its mean response after activation, on the first side and on the other.
        apart: first less other, in the units that the layer's ``measure`` names.
    """

    unit: Unit
    means: tuple[float, float]
    apart: float


@dataclass(frozen=True, eq=False)
class LayerDifference(Brief):
    """How one layer differs between the two sides.

    Args:
        layer: its address.
        similarity: the cosine between the two vectors of mean responses, a number for each channel:
            1 means the same mixture of features, wherever they are in the photo.
        measure: the unit of the differences: a key of ``UNITS_OF``.
        channels: all channels; those that respond more strongly on the first side come first.
    """

    layer: str
    similarity: float
    measure: str
    channels: tuple[ChannelDifference, ...]

    def first(self, count: int) -> list[ChannelDifference]:
        """Return at most ``count`` channels that respond more strongly on the first side."""
        return [each for each in self.channels[:count] if each.apart > 0]

    def other(self, count: int) -> list[ChannelDifference]:
        """Return at most ``count`` channels that respond more strongly on the other side."""
        return [each for each in self.channels[: -count - 1 : -1] if each.apart < 0]


@dataclass(frozen=True, eq=False)
class Differences(FigureResult):
    """How the same units respond to two photos, or in two networks.

    Args:
        kind: 'photos' or 'networks'.
        names: of the two sides.
        sides: the responses of the layers on both sides.
        layers: from early to late.
        pictures: what units look for: in the first network, and in the other if there are two.
        count: how many channels of each sign the figure shows.
        asked: the layers that were named by the caller.
        source: the photo and network, the other photo or network, the backend and versions.
    """

    kind: Literal["photos", "networks"]
    names: tuple[str, str]
    sides: tuple[Activations, Activations]
    layers: tuple[LayerDifference, ...]
    pictures: tuple[Mapping[Unit, Picture], Mapping[Unit, Picture]]
    count: int
    asked: tuple[str, ...]
    source: Mapping[str, str]

    suffixes = TABLED

    def shown(self) -> list[LayerDifference]:
        """Return the layers that the figure shows: all, or some at even distances."""
        kept = evenly_spread([each.layer for each in self.layers], ROWS)
        return [each for each in self.layers if each.layer in kept]

    def units(self) -> list[Unit]:
        """Return the units that the figure shows, to make pictures of them."""
        return [
            each.unit
            for layer in self.shown()
            for each in (*layer.first(self.count), *layer.other(self.count))
        ]

    def figure(self) -> "Figure":
        """Return a figure of the channels that differ most in each layer, with their maps."""
        one, two = self.names
        network = self.sides[0].network
        about = f"{network}: {one} and {two}" if self.kind == "photos" else f"{one} and {two}"
        measures = {layer.measure for layer in self.layers}
        notes = [
            "For each layer, the channels whose mean responses differ most: the map on the first "
            "side, then on the second, both on the row's scale. :17 is channel 17. Similarity: the "
            "cosine between the layer's two mean responses; 1 is the same mixture of features.",
            f"The number is first less second, in {' or '.join(sorted(measures))}: "
            + "; ".join(UNITS_OF[measure] for measure in sorted(measures))
            + ".",
        ]
        if any(self.pictures):
            notes.append(
                "To the right of two maps: the picture that the channel looks for"
                + (", in the first network and in the second." if self.pictures[1] else ".")
            )
        if len(self.shown()) < len(self.layers):
            notes.append(f"Shown: {len(self.shown())} of {len(self.layers)} layers.")
        return differences(
            dict(zip(self.names, self.sides, strict=True)),
            [self._row(layer) for layer in self.shown()],
            title=f"Where two {self.kind} differ: {about}",
            notes=notes,
        )

    def _row(self, layer: LayerDifference) -> PairRow:
        sides = layer.first(self.count), layer.other(self.count)
        maps = [side.maps[layer.layer] for side in self.sides]
        seen = [each[:, :, some.unit.channel] for side in sides for some in side for each in maps]
        return PairRow(
            name=layer.layer,
            detail=f"similarity {layer.similarity:.3f}",
            first=tuple(self._pair(each) for each in sides[0]),
            other=tuple(self._pair(each) for each in sides[1]),
            scale=Scale.of(seen or maps, COVERING),
        )

    def _pair(self, differing: ChannelDifference) -> Pair:
        unit = differing.unit
        maps = [side.maps[unit.layer][:, :, unit.channel] for side in self.sides]
        return Pair(
            maps=(maps[0], maps[1]),
            label=f":{unit.channel}",
            value=f"{differing.apart:+.2f}",
            pictures=tuple(some[unit] for some in self.pictures if unit in some),
        )

    def lines(self) -> list[tuple[str, ...]]:
        """Return a line for each layer: its similarity, and the channels that differ most."""
        return [
            (
                layer.layer,
                f"similarity {layer.similarity:.3f}",
                *(
                    f":{each.unit.channel} {each.apart:+.2f}"
                    for each in (*layer.first(self.count), *layer.other(self.count))
                ),
            )
            for layer in self.layers
        ]

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each channel, layer after layer, from first side to other side."""
        return [
            {
                "unit": str(each.unit),
                "layer": layer.layer,
                "channel": each.unit.channel,
                "first": each.means[0],
                "other": each.means[1],
                "apart": each.apart,
                "measure": layer.measure,
            }
            for layer in self.layers
            for each in layer.channels
        ]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``first/photo``, ``first/maps/<layer>``, as much for ``other``, and ``apart``."""
        found: dict[str, np.ndarray] = {}
        for name, side in zip(("first", "other"), self.sides, strict=True):
            found[f"{name}/photo"] = side.photo
            found |= {f"{name}/maps/{layer}": maps for layer, maps in side.maps.items()}
        for layer in self.layers:
            in_order = sorted(layer.channels, key=lambda each: each.unit.channel or 0)
            found[f"apart/{layer.layer}"] = np.array([each.apart for each in in_order])
        return found

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "compare",
            "kind": self.kind,
            "layers": shlex.join(self.asked) or "all convolutions",
            "pictures": "yes" if any(self.pictures) else "no",
            "count": str(self.count),
            **self.source,
        }

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "count": self.count,
            "alike": {layer.layer: layer.similarity for layer in self.layers},
            "channels": self.table(),
        }

    def _brief(self) -> str:
        one, other = self.names
        return f"of {self.kind} {one} and {other}: {counted(len(self.layers), 'layer')}"


def compare(
    network: Network,
    photo: PhotoLike,
    other: Network | PhotoLike,
    layers: str | Sequence[str] | None = None,
    count: int = 2,
    *,
    pictures: bool = False,
    precision: str = "auto",
    progress: Progress | None = None,
) -> Differences:
    """Return which units respond most differently to two photos, or to one photo in two networks.

    Channels are compared by their mean responses after activation, so the position of things in a
    photo does not matter. Each difference is divided by how much such a response varies: over
    natural pictures if the network brings statistics of them, and otherwise over the places of both
    photos.

    Two networks must have the same convolutions, by name and shape, as a network has before and
    after fine-tuning. Their heads may differ. The channels of unrelated networks cannot be matched
    by one photo; ``convscope.card(..., second=...)`` matches them by many photos.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        other: another photo, or another network.
        layers: addresses of layers that have rows and columns; all convolutions by default.
        count: how many channels of each layer and sign the figure shows.
        pictures: whether to make the picture of each of them, which takes most of the time.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called with the fraction done, in [0, 1], and what is being done.

    Returns:
        For each layer the similarity of the two responses, and all channels with their differences.

    Raises:
        InputError: a photo or a layer cannot be used, the count is not possible, or the two
            networks have different layers.
        UnknownName: no layer has this name.

    Example:
        ``cs.compare(network, "tabby.jpg", "tiger.jpg").save("differences.png")``
    """
    count = whole("count", count)
    second = other if isinstance(other, Network) else None
    other_photo = photo if isinstance(other, Network) else other
    infos = resolve_layers(network, layers)  # maps of heads are not compared
    if second is not None:
        _check_same(network, second, infos)
    networks = [network] if second is None else [network, second]
    computing = {"precision": common_precision(precision, *networks)} if pictures else {}
    here = activations(network, photo, layers)
    there = activations(second or network, other_photo, layers)
    where = source(network, photo)
    if second is None:
        names = display_name(photo), display_name(other_photo)
        further = {"other": recorded_path(other_photo)}
    else:
        names = network.name, second.name
        further = {"second": second.name, "second digest": second.digest}
    if names[0] == names[1]:
        names = f"{names[0]} (first)", f"{names[1]} (second)"
    bare = Differences(
        kind="photos" if second is None else "networks",
        names=names,
        sides=(here, there),
        layers=tuple(
            _layer(network, layer, maps, there.maps[layer]) for layer, maps in here.maps.items()
        ),
        pictures=({}, {}),
        count=count,
        asked=() if layers is None else tuple(here.maps),
        source=MappingProxyType({**where, **further, **computing}),
    )
    units = bare.units()
    if not pictures or not units:
        return bare
    shares = (part(progress, at / len(networks), (at + 1) / len(networks)) for at in count_up())
    first, *others = (
        thumbnails(each, units, share, **computing)
        for each, share in zip(networks, shares, strict=False)
    )
    return replace(bare, pictures=(first, others[0] if others else {}))


def _check_same(network: Network, second: Network, layers: Sequence[LayerInfo]) -> None:
    """Refuse networks with different convolutions, or without the layers that were asked for."""
    mine, yours = (
        {info.address: info.shape for info in [*main_layers(each), *extra]}
        for each, extra in (
            (network, layers),
            (second, [second.layers[i.address] for i in layers if i.address in second.layers]),
        )
    )
    if mine == yours and list(mine) == list(yours):
        return
    only = next(
        (name for name in (*mine, *yours) if mine.get(name) != yours.get(name)), next(iter(mine))
    )
    raise InputError(
        f"{network.name} and {second.name} have different layers: {only} is "
        f"{mine.get(only, 'missing')} in one and {yours.get(only, 'missing')} in the other. The "
        "units of different networks cannot be matched by one photo. Try: two networks "
        "of one architecture and size, or a card, with --second, which matches units by many "
        "photos."
    )


def _layer(network: Network, layer: str, here: np.ndarray, there: np.ndarray) -> LayerDifference:
    first, other = (maps.mean(axis=(0, 1), dtype="float64") for maps in (here, there))
    spreads, measure = _spreads(network, layer, here, there)
    apart = (first - other) / spreads
    return LayerDifference(
        layer=layer,
        similarity=_cosine(first, other),
        measure=measure,
        channels=tuple(
            ChannelDifference(
                Unit(layer, int(channel)),
                (float(first[channel]), float(other[channel])),
                float(apart[channel]),
            )
            for channel in np.argsort(-apart, kind="stable")
        ),
    )


def _spreads(
    network: Network, layer: str, here: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, str]:
    """Return how much each channel's mean response varies, (channels,), and its unit."""
    natural = network.natural.arrays.get(f"{layer}/channel/deviation") if network.natural else None
    if natural is not None and (natural > 0).all():
        return natural.astype("float64"), NATURAL
    variance = np.mean([maps.var(axis=(0, 1), dtype="float64") for maps in (here, there)])
    return np.full(here.shape[2], np.sqrt(variance) or 1.0), POOLED


def _cosine(first: np.ndarray, other: np.ndarray) -> float:
    """Return the cosine of two vectors; 1 for two equal ones, also where both are zero."""
    if np.array_equal(first, other):
        return 1.0
    lengths = float(np.linalg.norm(first) * np.linalg.norm(other))
    return float(first @ other) / lengths if lengths > 0 else 0.0
