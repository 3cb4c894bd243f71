"""The result of ``activations``: maps of layers that can be ranked, drawn and saved."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import drawing, results
from convscope.activation.channels_figure import channels
from convscope.activation.figure import Row, maps
from convscope.activation.kernels_figure import kernels
from convscope.activation.layers import evenly_spread
from convscope.brief import Brief, counted
from convscope.drawing.tile import BESIDE, COVERING, Scale, Tile, number
from convscope.errors import InputError, refuse_unknown
from convscope.images import Picture
from convscope.networks.units import ALL_HEADS, Unit, unit_of
from convscope.results import TABLED, Classes, FigureResult, classes_record, classes_text
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure

ROWS = 16  # layers in a figure; VGG16's 13 convolutions all find room
COUNT = 8  # channels of each
TILES = 512  # channels of one layer
OF_HEADS = (
    "A head's response at a token is the mean square of what it gives there, by its attention, "
    "before the layer mixes its heads."
)


@dataclass(frozen=True)
class RankedChannel:
    """One channel and how strongly it responded.

    Args:
        unit: the channel.
        strength: the mean over all places of its response, negative values taken as 0. It ranks the
            channels of one layer; it does not compare two layers.
        maximum: its largest response.
        at: row and column of the largest response.
    """

    unit: Unit
    strength: float
    maximum: float
    at: tuple[int, int]

    def numbers(self) -> dict[str, float]:
        """Return the numbers by name, for a record."""
        row, column = self.at
        return {"strength": self.strength, "maximum": self.maximum, "row": row, "column": column}


@dataclass(frozen=True, eq=False)
class Kernels(Brief):
    """The weights of the first convolution.

    Args:
        layer: its address.
        weights: (height, width, 3 or 1, count), colours in RGB order.
    """

    layer: str
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class Activations(FigureResult):
    """How the layers of a network responded to one photo.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        maps: (height, width, channels) by layer address, from early to late; those of the heads of
            an attention layer by its address and ':h*'.
        top: the likeliest classes, (index, label, probability), best first; empty without a class
            layer.
        network: its name.
        kernels: of its first convolution, if that reads the photo's own colours.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    maps: Mapping[str, np.ndarray]
    top: Classes
    network: str
    kernels: Kernels | None = None
    source: Mapping[str, str] = field(default_factory=dict)

    # Numbers

    @cached_property
    def _ranked(self) -> dict[str, list[RankedChannel]]:
        return {layer: _rank(layer, maps) for layer, maps in self.maps.items()}

    def strongest(self, layer: str, count: int | None = None) -> list[RankedChannel]:
        """Return the channels of a layer with the strongest mean response, strongest first.

        Args:
            layer: the address of one of the layers.
            count: how many channels; all by default. Equally strong ones are in order of their
                index.

        Raises:
            UnknownName: the layer is not among these activations.
            InputError: the count is not a whole number above zero.
        """
        count = None if count is None else whole("count", count)
        refuse_unknown("layer of these activations", [layer], self.maps)
        return self._ranked[layer][:count]

    def table(self, count: int | None = None) -> list[dict[str, Any]]:
        """Return one row for each channel, layer after layer, strongest first, as numbers and text.

        Args:
            count: how many channels of each layer; all by default.
        """
        return [
            {
                "unit": str(strong.unit),
                "layer": layer,
                "channel": strong.unit.channel,
                "rank": rank,
                **strong.numbers(),
            }
            for layer in self.maps
            for rank, strong in enumerate(self.strongest(layer, count), 1)
        ]

    def record(self, count: int | None = None) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names.

        Args:
            count: how many channels of each layer; all by default.
        """
        top = classes_record(self.top)
        return {**self.info(), "top": top, "channels": self.table(count)}

    # Figures

    def shown_units(self, count: int | None = None, layer: str | None = None) -> list[Unit]:
        """Return the units whose maps ``figure`` shows, to make pictures of them.

        Args:
            count: as for ``figure``.
            layer: as for ``figure``.
        """
        shown = _shown(self, layer, count)
        return [strong.unit for some in shown.values() for strong in some]

    def figure(
        self,
        layer: str | None = None,
        pictures: Mapping[Unit, Picture] | None = None,
        count: int | None = None,
    ) -> "Figure":
        """Return a figure of the photo, its likeliest classes and the strongest channels' maps.

        Args:
            layer: show all channels of this layer instead, in order.
            pictures: of units, in [0, 1], each shown beside its unit's map.
            count: how many channels of each layer; by default 8, or all of one layer (512 at most).

        Raises:
            UnknownName: the layer is not among these activations.
        """
        return _figure(self, layer, pictures or {}, count)

    def kernels_figure(self) -> "Figure":
        """Return a figure of the kernels of the first layer, as colour tiles around mid gray.

        Raises:
            InputError: the first convolution does not read the photo's own colours.
        """
        if self.kernels is None:
            raise InputError(
                f"{self.network} has no convolution that reads the photo's own colours, so its "
                "kernels cannot be shown as pictures. Try: figure()."
            )
        title = f"Kernels of {self.kernels.layer} in {self.network}"
        return kernels(self.kernels.weights, title=title)

    # Files

    suffixes = TABLED

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo``, ``maps/<layer>``, ``kernels/<layer>``, and the likeliest classes.

        The maps have all channels of all layers. The classes are ``top/index``, ``top/label`` and
        ``top/probability``.
        """
        found = {
            "photo": self.photo,
            **{f"maps/{layer}": maps for layer, maps in self.maps.items()},
            "top/index": np.array([index for index, _, _ in self.top], "int64"),
            "top/label": np.array([label for _, label, _ in self.top], "str"),
            "top/probability": np.array([share for _, _, share in self.top], "float64"),
        }
        if self.kernels is not None:
            found[f"kernels/{self.kernels.layer}"] = self.kernels.weights
        return found

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "layers",
            "layers": shlex.join(self.maps),
            "top": classes_text(self.top),
            **self.source,
        }

    def save(
        self,
        path: str | Path,
        *,
        layer: str | None = None,
        pictures: Mapping[Unit, Picture] | None = None,
        count: int | None = None,
        dpi: int = drawing.DPI,
    ) -> Path:
        """Write the result, whole or not at all, in the suffix's format, and return the path.

        ``.png``, ``.pdf`` and ``.svg`` get ``figure(layer, pictures, count)``. ``.npz`` gets all
        maps as arrays; ``.csv`` and ``.json`` get ``table(count)``.

        Args:
            path: the file to write; missing folders are made.
            layer: as for ``figure``.
            pictures: as for ``figure``.
            count: as for ``figure``, and as for ``table``.
            dpi: pixels an inch of a ``.png``.

        Raises:
            UnknownName: the suffix is not one of the formats, or the layer is not among these
                activations.
            OutputError: the file cannot be written.
        """
        return results.save(
            path,
            self.info,
            lambda: self.figure(layer, pictures, count),
            record=lambda: self.record(count),
            arrays=self.arrays,
            table=lambda: self.table(count),
            dpi=dpi,
        )

    def _brief(self) -> str:
        top = [f"taken for {label} {share:.1%}" for _, label, share in self.top[:1]]
        return ", ".join([f"of {self.network}: {counted(len(self.maps), 'layer')}", *top])


def _rank(layer: str, maps: np.ndarray) -> list[RankedChannel]:
    height, width, channels = maps.shape
    flat = maps.reshape(height * width, channels)
    strength = np.maximum(flat, 0).mean(axis=0, dtype="float64")
    places = flat.argmax(axis=0)
    return [
        RankedChannel(
            unit=unit_of(layer, int(channel)),
            strength=float(strength[channel]),
            maximum=float(flat[places[channel], channel]),
            at=(int(places[channel]) // width, int(places[channel]) % width),
        )
        for channel in np.argsort(-strength, kind="stable")
    ]


def _shown(
    activations: Activations, layer: str | None, count: int | None
) -> dict[str, list[RankedChannel]]:
    """What a figure shows: of each of its layers the strongest channels, or of one layer all."""
    if layer is not None:
        strongest = activations.strongest(layer, TILES if count is None else count)
        return {layer: sorted(strongest, key=lambda strong: strong.unit.index or 0)}
    layers = evenly_spread(list(activations.maps), ROWS)
    return {some: activations.strongest(some, COUNT if count is None else count) for some in layers}


def _figure(
    activations: Activations, layer: str | None, pictures: Mapping[Unit, Picture], count: int | None
) -> "Figure":
    """The figure of all layers, or of one."""
    kept = _shown(activations, layer, count)
    if layer is not None:
        return _one(activations, layer, kept[layer], pictures)
    rows = [row_of(activations.maps[some], best, pictures) for some, best in kept.items()]
    most = max(len(row.tiles) for row in rows)
    notes = [
        f"From early to late, the {most} channels of each layer with the strongest mean response, "
        f"strongest first. :17 is channel 17 of the row's layer; {_measure(rows)}. "
        "Each row has its own scale, below its name."
    ]
    if any(some.picture is not None for row in rows for some in row.tiles):
        notes.append(BESIDE)
    if len(rows) < len(activations.maps):
        notes.append(
            f"Shown: {len(rows)} of {len(activations.maps)} layers, evenly spread from the first "
            "to the last."
        )
    title = f"What {activations.network} sees, layer by layer"
    return maps(activations.photo, activations.top, rows, title=title, notes=notes)


def _one(
    activations: Activations,
    layer: str,
    strongest: list[RankedChannel],
    pictures: Mapping[Unit, Picture],
) -> "Figure":
    row = row_of(activations.maps[layer], strongest, pictures)
    tiles = row.tiles
    total = activations.maps[layer].shape[2]
    which = f"All {total}" if len(tiles) == total else f"The {len(tiles)} strongest of {total}"
    heads = layer.endswith(ALL_HEADS)
    some, owner = ("heads", layer.removesuffix(ALL_HEADS)) if heads else ("channels", layer)
    number = strongest[0].unit.number if heads else ":17"
    notes = [
        f"{which} {some}, in order, on one scale. {number} is {owner}{number}; {_measure([row])}.",
        *([OF_HEADS] if heads else []),
        *([BESIDE] if any(some.picture is not None for some in tiles) else []),
    ]
    return channels(
        activations.photo,
        activations.top,
        tiles,
        row.scale,
        title=f"What {'the heads of ' if heads else ''}{owner} of {activations.network} "
        f"{'see' if heads else 'sees'}",
        notes=notes,
    )


def row_of(
    maps: np.ndarray, strongest: Sequence[RankedChannel], pictures: Mapping[Unit, Picture]
) -> Row:
    """Return a layer's row in a figure: some of its channels, on one scale.

    Args:
        maps: (height, width, channels), the layer's.
        strongest: the channels, at least one.
        pictures: of units; each is shown beside its unit's map.
    """
    height, width, channels = maps.shape
    tiles = tuple(
        Tile(
            map=maps[:, :, strong.unit.index],
            label=strong.unit.number,
            value=number(strong.strength),
            picture=pictures.get(strong.unit),
        )
        for strong in strongest
    )
    scale = Scale.of([some.map for some in tiles], COVERING)
    first = strongest[0].unit
    name = first.layer if first.head is None else f"{first.layer}{ALL_HEADS}"
    return Row(name, f"{channels} maps of {height} x {width}", tiles, scale)


def _measure(rows: list[Row]) -> str:
    """What the number under a map is, in words."""
    rectified = all(row.scale.low >= 0 for row in rows)
    return f"the number is the mean of its map{'' if rectified else ', negative values taken as 0'}"
