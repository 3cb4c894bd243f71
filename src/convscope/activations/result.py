"""What a network saw in a photo: a value that can rank, show and save itself."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures
from convscope.activations import drawing, formats
from convscope.brief import Brief, counted
from convscope.errors import InputError, unknown
from convscope.models.units import Unit
from convscope.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
class Activations(Brief):
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
        if count is not None and count < 1:
            raise InputError(f"Expected a count of at least 1. Received: {count}.")
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

    def numbers(self, count: int | None = None) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names; ``count`` as for ``table``."""
        top = [
            {"index": index, "label": label, "probability": probability}
            for index, label, probability in self.top
        ]
        return {**self.info(), "top": top, "channels": self.table(count)}

    # Figures

    def shown_units(self, count: int | None = None, layer: str | None = None) -> list[Unit]:
        """The units whose maps ``figure`` shows: those to make pictures of, to stand beside."""
        shown = drawing.shown(self, layer, count)
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
        return drawing.figure(self, layer, pictures or {}, count)

    def kernels_figure(self) -> "Figure":
        """The kernels of the first layer, as colour tiles about mid gray."""
        if self.kernels is None:
            raise InputError(
                f"{self.network} has no convolution that looks at the photo's own colours, so its "
                "kernels are no pictures. Try: figure()."
            )
        title = f"Kernels of {self.kernels.layer} in {self.network}"
        return figures.kernels(self.kernels.weights, title=title)

    # Files

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
        dpi: int = figures.DPI,
    ) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, of ``dpi`` pixels an inch, ``.pdf`` and ``.svg`` are ``figure(layer, pictures,
        count)``; ``.npz`` has all the maps as arrays; ``.csv`` and ``.json`` have ``table(count)``.
        """
        suffix = Path(path).suffix.lower()
        if suffix in figures.FORMATS:
            return figures.save(self.figure(layer, pictures, count), path, self.info(), dpi=dpi)
        if suffix not in formats.WRITERS:
            known = [*figures.FORMATS, *formats.WRITERS]
            raise unknown("format of activations", suffix or Path(path).name, known)
        return formats.WRITERS[suffix](self, Path(path), count)

    def _brief(self) -> str:
        top = [f"taken for {label} {share:.1%}" for _, label, share in self.top[:1]]
        return ", ".join([f"of {self.network}: {counted(len(self.maps), 'layer')}", *top])

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


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
