"""What a network saw in a photo: a value that can rank, show and save itself."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import drawing, results
from convscope.activation.channels_figure import channels
from convscope.activation.figure import Row, maps
from convscope.activation.kernels_figure import kernels
from convscope.activation.layers import spread
from convscope.brief import Brief, counted
from convscope.drawing.tile import BESIDE, COVERING, Scale, Tile, number
from convscope.errors import InputError, unknown
from convscope.images import Picture
from convscope.networks.units import Unit
from convscope.results import TABLED, FigureResult
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure

ROWS = 16  # layers in a figure; VGG16's 13 convolutions all find room
COUNT = 8  # channels of each
TILES = 512  # channels of one layer


@dataclass(frozen=True)
class Strong:
    """One channel and how strongly it answered.

    Args:
        unit: the channel.
        strength: the mean over all places of its answer, where that is above zero. After a ReLU
            this is just the mean. It ranks the channels of one layer, not of two.
        maximum: its largest answer.
        at: row and column of the largest answer.
    """

    unit: Unit
    strength: float
    maximum: float
    at: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Kernels(Brief):
    """The weights of a first convolution, (height, width, 3 or 1, count), colours in RGB order."""

    layer: str
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class Activations(FigureResult):
    """What the layers of a network answered to one photo.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        maps: (height, width, channels) by layer address, from early to late.
        top: the likeliest classes, (index, label, probability), best first; empty without a head.
        network: its name.
        kernels: of its first convolution, if that takes the photo's own colours.
        source: which photo and network, on which backend and versions.
    """

    photo: Picture
    maps: Mapping[str, np.ndarray]
    top: tuple[tuple[int, str, float], ...]
    network: str
    kernels: Kernels | None = None
    source: Mapping[str, str] = field(default_factory=dict)

    # Numbers

    @cached_property
    def _ranked(self) -> dict[str, list[Strong]]:
        return {layer: _rank(layer, maps) for layer, maps in self.maps.items()}

    def strongest(self, layer: str, count: int | None = None) -> list[Strong]:
        """The channels of a layer that answer most on the whole, strongest first; all by default.

        Equally strong ones stand in order of their index.
        """
        count = None if count is None else whole("count", count)
        if layer not in self.maps:
            raise unknown("layer of these activations", layer, self.maps)
        return self._ranked[layer][:count]

    def table(self, count: int | None = None) -> list[dict[str, Any]]:
        """One row a channel, layer after layer, strongest first; plain numbers and text.

        ``count`` is how many channels of each layer; all by default.
        """
        return [
            {
                "unit": str(strong.unit),
                "layer": layer,
                "channel": strong.unit.channel,
                "rank": rank,
                "strength": strong.strength,
                "maximum": strong.maximum,
                "row": strong.at[0],
                "column": strong.at[1],
            }
            for layer in self.maps
            for rank, strong in enumerate(self.strongest(layer, count), 1)
        ]

    def record(self, count: int | None = None) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names; ``count`` as for ``table``."""
        top = [
            {"index": index, "label": label, "probability": probability}
            for index, label, probability in self.top
        ]
        return {**self.info(), "top": top, "channels": self.table(count)}

    # Figures

    def shown_units(self, count: int | None = None, layer: str | None = None) -> list[Unit]:
        """The units whose maps ``figure`` shows: those to make pictures of, to stand beside."""
        shown = _shown(self, layer, count)
        return [strong.unit for some in shown.values() for strong in some]

    def figure(
        self,
        layer: str | None = None,
        pictures: Mapping[Unit, Picture] | None = None,
        count: int | None = None,
    ) -> "Figure":
        """The photo, the likeliest classes, and maps: the strongest of each layer, or all of one.

        Args:
            layer: show all channels of this layer instead, in order.
            pictures: of units, in [0, 1], each shown beside its unit's map.
            count: how many channels of each layer; 8, or all of one layer (512 at most).
        """
        return _figure(self, layer, pictures or {}, count)

    def kernels_figure(self) -> "Figure":
        """The kernels of the first layer, as colour tiles about mid gray."""
        if self.kernels is None:
            raise InputError(
                f"{self.network} has no convolution that looks at the photo's own colours, so its "
                "kernels are no pictures. Try: figure()."
            )
        title = f"Kernels of {self.kernels.layer} in {self.network}"
        return kernels(self.kernels.weights, title=title)

    # Files

    suffixes = TABLED

    def arrays(self) -> dict[str, np.ndarray]:
        """``photo``, ``maps/<layer>``, ``kernels/<layer>``, ``top/index``, ``/label`` and more.

        All channels of all layers; the last of ``top/`` is ``/probability``.
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
        """The provenance, as it travels inside a saved file."""
        seen = ", ".join(f"{label} {probability:.1%}" for _, label, probability in self.top)
        return {
            "convscope": "layers",
            "layers": shlex.join(self.maps),
            "top": seen or "no class layer",
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
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, of ``dpi`` pixels an inch, ``.pdf`` and ``.svg`` are ``figure(layer, pictures,
        count)``; ``.npz`` has all the maps as arrays; ``.csv`` and ``.json`` have ``table(count)``.
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


def _rank(layer: str, maps: np.ndarray) -> list[Strong]:
    height, width, channels = maps.shape
    flat = maps.reshape(height * width, channels)
    strength = np.maximum(flat, 0).mean(axis=0, dtype="float64")
    places = flat.argmax(axis=0)
    return [
        Strong(
            unit=Unit(layer, int(channel)),
            strength=float(strength[channel]),
            maximum=float(flat[places[channel], channel]),
            at=(int(places[channel]) // width, int(places[channel]) % width),
        )
        for channel in np.argsort(-strength, kind="stable")
    ]


def _shown(
    activations: Activations, layer: str | None, count: int | None
) -> dict[str, list[Strong]]:
    """What a figure shows: of each of its layers the strongest channels, or of one layer all."""
    if layer is not None:
        strongest = activations.strongest(layer, TILES if count is None else count)
        return {layer: sorted(strongest, key=lambda strong: strong.unit.channel or 0)}
    layers = spread(list(activations.maps), ROWS)
    return {some: activations.strongest(some, COUNT if count is None else count) for some in layers}


def _figure(
    activations: Activations,
    layer: str | None,
    pictures: Mapping[Unit, Picture],
    count: int | None,
) -> "Figure":
    """The figure of all layers, or of one."""
    kept = _shown(activations, layer, count)
    if layer is not None:
        return _one(activations, layer, kept[layer], pictures)
    rows = [_row(activations, some, strongest, pictures) for some, strongest in kept.items()]
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
    strongest: list[Strong],
    pictures: Mapping[Unit, Picture],
) -> "Figure":
    row = _row(activations, layer, strongest, pictures)
    tiles = row.tiles
    total = activations.maps[layer].shape[2]
    which = f"All {total}" if len(tiles) == total else f"The {len(tiles)} strongest of {total}"
    notes = [
        f"{which} channels, in order, on one scale. :17 is {layer}:17; {_measure([row])}.",
        *([BESIDE] if any(some.picture is not None for some in tiles) else []),
    ]
    return channels(
        activations.photo,
        activations.top,
        tiles,
        row.scale,
        title=f"What {layer} of {activations.network} sees",
        notes=notes,
    )


def _row(
    activations: Activations,
    layer: str,
    strongest: list[Strong],
    pictures: Mapping[Unit, Picture],
) -> Row:
    height, width, channels = activations.maps[layer].shape
    tiles = tuple(_tiles(activations, strongest, pictures))
    scale = Scale.of([some.map for some in tiles], COVERING)
    return Row(layer, f"{channels} maps of {height} x {width}", tiles, scale)


def _tiles(
    activations: Activations, strongest: list[Strong], pictures: Mapping[Unit, Picture]
) -> list[Tile]:
    return [
        Tile(
            map=activations.maps[strong.unit.layer][:, :, strong.unit.channel],
            label=f":{strong.unit.channel}",
            value=number(strong.strength),
            picture=pictures.get(strong.unit),
        )
        for strong in strongest
    ]


def _measure(rows: list[Row]) -> str:
    """What the number under a map is, in words."""
    rectified = all(row.scale.low >= 0 for row in rows)
    return f"the number is the mean of its map{'' if rectified else ', negative values taken as 0'}"
