"""The result of ``dictionary``: the channels of each layer that fire at one place of a photo."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.brief import Brief, counted
from convscope.drawing.tile import number
from convscope.errors import refuse_unknown
from convscope.images import Picture
from convscope.networks.photo import display_name
from convscope.networks.places import Sight
from convscope.networks.units import Unit
from convscope.results import Classes, FigureResult, classes_record, classes_text
from convscope.semantic_dictionary.figure import Entry as Line
from convscope.semantic_dictionary.figure import Word as DrawnWord
from convscope.semantic_dictionary.figure import dictionary as drawn_dictionary

if TYPE_CHECKING:
    from convscope.drawing import Figure


@dataclass(frozen=True)
class FiringChannel:
    """One channel that fires at a place.

    Args:
        unit: the neuron.
        response: its response, after activation.
        unusual: how many standard deviations its response before activation lies above the mean.
    """

    unit: Unit
    response: float
    unusual: float

    @property
    def channel(self) -> Unit:
        """The channel of the neuron; its picture stands for the neuron."""
        return Unit(self.unit.layer, self.unit.channel)


@dataclass(frozen=True)
class LayerEntry(Brief):
    """The channels of one layer that fire at a place.

    Args:
        layer: its address.
        sight: the neuron at that place, and its receptive field.
        words: the channels that fire, the most unusual first.
        firing: how many channels fire there.
        total: how many channels the layer has.
        natural: over how many natural pictures mean and deviation were taken; 0 where they are
            those of the layer's map of this photo.
    """

    layer: str
    sight: Sight
    words: tuple[FiringChannel, ...]
    firing: int
    total: int
    natural: int


@dataclass(frozen=True, eq=False)
class Dictionary(FigureResult):
    """The channels of each layer that fire at one place of a photo.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        at: row and column of the place, in pixels of that photo.
        entries: one for each layer, from early to late.
        pictures: what the channels look for, by unit; may be empty.
        top: the likeliest classes of the photo, (index, label, probability), best first; empty
            without a class layer.
        network: its name.
        natural: the folder of photos whose responses are compared with, or None.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    at: tuple[int, int]
    entries: tuple[LayerEntry, ...]
    pictures: Mapping[Unit, Picture]
    top: Classes
    network: str
    natural: str | None
    source: Mapping[str, str]

    def __getitem__(self, layer: str) -> LayerEntry:
        """Return the entry of a layer, by its address."""
        found = {entry.layer: entry for entry in self.entries}
        refuse_unknown("layer of this dictionary", [layer], found)
        return found[layer]

    def figure(self) -> "Figure":
        """Return a figure with a row for each layer: its neuron, and the channels that fire."""
        return _figure(self)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the photo, the place, and ``channel``, ``response`` and ``unusual/<layer>``."""
        found = {"photo": self.photo, "at": np.array(self.at)}
        for entry in self.entries:
            channels = [word.unit.channel for word in entry.words]
            found[f"channel/{entry.layer}"] = np.array(channels, "int64")
            for name in ("response", "unusual"):
                values = [getattr(word, name) for word in entry.words]
                found[f"{name}/{entry.layer}"] = np.array(values, "float64")
        return {**found, **{f"looks-for/{unit}": some for unit, some in self.pictures.items()}}

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "top": classes_record(self.top),
            "stages": [
                {
                    "layer": entry.layer,
                    "neuron": list(entry.sight.neuron),
                    "sees": {
                        "rows": [entry.sight.down.begin, entry.sight.down.end],
                        "columns": [entry.sight.across.begin, entry.sight.across.end],
                    },
                    "firing": entry.firing,
                    "of": entry.total,
                    "natural_pictures": entry.natural,
                    "words": [
                        {
                            "unit": str(word.unit),
                            "response": word.response,
                            "unusual": word.unusual,
                        }
                        for word in entry.words
                    ],
                }
                for entry in self.entries
            ],
        }

    def lines(self) -> list[tuple[str, ...]]:
        """Return a line for each layer: the neuron, and its most unusual channels."""
        return [
            (
                f"{entry.layer}@{entry.sight.neuron[0]},{entry.sight.neuron[1]}",
                f"{entry.firing} of {entry.total} fire",
                " ".join(f":{word.unit.channel} {word.unusual:+.1f}" for word in entry.words),
            )
            for entry in self.entries
        ]

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "dictionary",
            "at": f"{self.at[0]},{self.at[1]}",
            "layers": shlex.join(entry.layer for entry in self.entries),
            "count": str(max(len(entry.words) for entry in self.entries)),
            **({"natural": self.natural} if self.natural else {}),
            "top": classes_text(self.top),
            **self.source,
        }

    def _brief(self) -> str:
        row, column = self.at
        layers = counted(len(self.entries), "layer")
        return f"of {self.network} at {row},{column}: {layers}"


def _figure(found: Dictionary) -> "Figure":
    """A row a layer, with headings and notes."""
    row, column = found.at
    telling = [word.unusual for entry in found.entries for word in entry.words]
    example = f"{max(telling, default=0.0):+.1f}"
    counts = sorted({entry.natural for entry in found.entries})
    beside = "the layer's map of this photo"
    if counts != [0]:
        beside = f"{counts[-1]:,} natural pictures"
    notes = [
        f"At row {row}, column {column} of {found.photo.shape[0]} x {found.photo.shape[1]} pixels: "
        "in each layer, the neuron whose receptive field is centred nearest, and the channels that "
        "fire there.",
        f"The most unusual channels come first: {example} means so many standard deviations above "
        f"the mean, before activation, over {beside}. The response itself, after activation, is in "
        "brackets.",
    ]
    return drawn_dictionary(
        found.photo,
        found.at,
        found.top,
        [
            Line(
                name=entry.layer,
                details=(
                    f"neuron @{entry.sight.neuron[0]},{entry.sight.neuron[1]}",
                    _sees(entry.sight),
                    f"{entry.firing} of {entry.total} channels fire",
                ),
                rows=(entry.sight.down.begin, entry.sight.down.end),
                columns=(entry.sight.across.begin, entry.sight.across.end),
                words=[
                    DrawnWord(
                        found.pictures.get(word.channel),
                        f":{word.unit.channel}",
                        f"{word.unusual:+.1f} ({number(word.response)})",
                    )
                    for word in entry.words
                ],
            )
            for entry in found.entries
        ],
        title=f"What {found.network} sees at one place of {display_name(found.source['photo'])}",
        notes=notes,
    )


def _sees(sight: Sight) -> str:
    """Return how much of the photo a neuron sees, in words."""
    down, across = (max(1, round(span.length)) for span in (sight.down, sight.across))
    return f"sees {down} x {across} pixels of it"
