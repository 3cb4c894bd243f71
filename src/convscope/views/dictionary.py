"""The verb: a place in a photo goes in, what every layer says there comes out, in pictures."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures
from convscope.brief import Brief, counted
from convscope.errors import InputError, unknown
from convscope.maximize.icons import Told, computed, icons
from convscope.models.natural import Statistics
from convscope.models.network import Network
from convscope.models.photo import fed, written
from convscope.models.provenance import source
from convscope.models.regions import region
from convscope.models.taps import Tap
from convscope.models.units import Unit
from convscope.pictures import Picture
from convscope.trust.natural import natural as measured
from convscope.trust.photos import Photos
from convscope.views import saving
from convscope.views.layers import told as some_layers
from convscope.views.places import Sight, sight

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COUNT = 8  # channels of each layer
# Of the layer's middling deviation: a unit that hardly ever changes would else be far above its
# mean at the least stir.
LEAST = 0.1


@dataclass(frozen=True)
class Word:
    """One channel that fires at a place.

    Args:
        unit: the neuron.
        response: its answer, after activation.
        unusual: how many deviations its response before activation lies above the mean.
    """

    unit: Unit
    response: float
    unusual: float

    @property
    def channel(self) -> Unit:
        """The channel, whose picture stands for the neuron."""
        return Unit(self.unit.layer, self.unit.channel)


@dataclass(frozen=True)
class Entry(Brief):
    """What one layer says at a place.

    Args:
        layer: its address.
        sight: the neuron that looks there, and what it sees.
        words: the channels that fire, the most unusual first.
        firing: how many fire there in all.
        total: of so many.
        natural: how many natural pictures 'unusual' is measured by; 0 where it is by the map of
            the photo itself.
    """

    layer: str
    sight: Sight
    words: tuple[Word, ...]
    firing: int
    total: int
    natural: int


@dataclass(frozen=True, eq=False)
class Dictionary(Brief):
    """What the layers of a network say at one place of a photo.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        at: row and column of the place, in pixels of that photo.
        entries: one a layer, from early to late.
        pictures: what the channels look for, by unit; may be empty.
        top: what the network takes the photo for, best first; empty without a head.
        network: its name.
        natural: the folder of photos that is compared with, or None.
        source: which photo and network, on which backend and versions.
    """

    photo: Picture
    at: tuple[int, int]
    entries: tuple[Entry, ...]
    pictures: Mapping[Unit, Picture]
    top: tuple[tuple[int, str, float], ...]
    network: str
    natural: str | None
    source: Mapping[str, str]

    def __getitem__(self, layer: str) -> Entry:
        """What one layer says, by its address."""
        found = {entry.layer: entry for entry in self.entries}
        if layer not in found:
            raise unknown("layer of this dictionary", layer, found)
        return found[layer]

    def figure(self) -> "Figure":
        """A row a layer: what its neuron sees, and the channels that fire, as pictures."""
        from convscope.views.drawing import dictionary

        return dictionary(self)

    def arrays(self) -> dict[str, np.ndarray]:
        """The photo, and of every layer unit/, response/ and unusual/<layer>, in order."""
        found = {"photo": self.photo, "at": np.array(self.at)}
        for entry in self.entries:
            channels = [word.unit.channel for word in entry.words]
            found[f"channel/{entry.layer}"] = np.array(channels, "int64")
            for name in ("response", "unusual"):
                values = [getattr(word, name) for word in entry.words]
                found[f"{name}/{entry.layer}"] = np.array(values, "float64")
        return {**found, **{f"looks-for/{unit}": some for unit, some in self.pictures.items()}}

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "top": [
                {"index": index, "label": label, "probability": share}
                for index, label, share in self.top
            ],
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
        """A line a layer: the neuron, and its most unusual channels."""
        return [
            (
                f"{entry.layer}@{entry.sight.neuron[0]},{entry.sight.neuron[1]}",
                f"{entry.firing} of {entry.total} fire",
                " ".join(f":{word.unit.channel} {word.unusual:+.1f}" for word in entry.words),
            )
            for entry in self.entries
        ]

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a saved file."""
        seen = ", ".join(f"{label} {share:.1%}" for _, label, share in self.top)
        return {
            "convscope": "dictionary",
            "at": f"{self.at[0]},{self.at[1]}",
            "layers": shlex.join(entry.layer for entry in self.entries),
            "count": str(max(len(entry.words) for entry in self.entries)),
            **({"natural": self.natural} if self.natural else {}),
            "top": seen or "no class layer",
            **self.source,
        }

    def save(self, path: str | Path, *, dpi: int = figures.DPI) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has the arrays; ``.json`` the
        numbers.
        """
        return saving.save(self, path, dpi=dpi)

    def _brief(self) -> str:
        row, column = self.at
        layers = counted(len(self.entries), "layer")
        return f"of {self.network} at {row},{column}: {layers}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


def dictionary(
    network: Network,
    photo: Any,
    at: tuple[int, int],
    layers: str | Sequence[str] | None = None,
    *,
    count: int = COUNT,
    natural: Any = None,
    pictures: bool = True,
    precision: str = "auto",
    told: Told | None = None,
) -> Dictionary:
    """Say what the layers of a network see at one place of a photo, each channel by its picture.

    Channels that fire there stand in the order of how unusual that is: by how many deviations the
    neuron's response, before activation, is above its mean. The plainly strongest would be the same
    few everywhere. Mean and deviation are those over natural pictures: the folder's if there is
    one, those that the network brings if it does; else those over the map of this photo.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        at: row and column of the place, in pixels of the photo as the network is fed it.
        layers: addresses of layers that give maps; about five from early to late by default.
        count: how many channels of each layer.
        natural: a folder or .zip of photos, to compare with.
        pictures: whether to make the pictures of what the channels look for.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        told: called now and then with what is being done and the share of it.

    Raises:
        InputError: there is no such place or layer, or the photo or the folder cannot be used.

    Example:
        ``cs.dictionary(cs.load(), "photo.jpg", at=(20, 35)).save("place.png")``
    """
    if count < 1:
        raise InputError(f"Expected a count of at least 1. Received: {count}.")
    infos = some_layers(network, layers)
    computing = {"precision": computed(precision, network)} if pictures else {}
    picture = fed(network, photo)
    place = _place(picture, at)
    photos = None if natural is None else Photos.of(natural)
    addresses = [info.address for info in infos]

    def tell(share: float) -> None:
        if told:
            told("Measuring photos", share)

    known = measured(network, addresses, photos, tell)
    taps = [Tap(info.address, after) for info in infos for after in (False, True)]
    seen = network.look(picture[None], taps)
    entries = []
    for info in infos:
        before, after = (seen[Tap(info.address, when)][0] for when in (False, True))
        own = known.get(info.address)
        entries.append(
            _entry(
                info.address,
                sight(info, region(network, info), place),
                before.astype("float64"),
                after.astype("float64"),
                own.statistics if own else None,
                count,
            )
        )
    units = dict.fromkeys(word.channel for entry in entries for word in entry.words)
    made = icons(network, units, told, **computing) if pictures and units else {}
    top = network.top(network.probabilities(picture[None])[0]) if network.classifies else []
    return Dictionary(
        photo=picture,
        at=place,
        entries=tuple(entries),
        pictures=MappingProxyType(made),
        top=tuple(top),
        network=network.name,
        natural=None if photos is None else written(photos.where),
        source=MappingProxyType({**source(network, photo), **computing}),
    )


def _place(picture: Picture, at: tuple[int, int]) -> tuple[int, int]:
    height, width = picture.shape[:2]
    try:
        row, column = (int(number) for number in at)
    except (TypeError, ValueError):
        raise InputError(
            f"Expected a place as (row, column), such as ({height // 2}, {width // 2}). "
            f"Received: {at!r}."
        ) from None
    if not (0 <= row < height and 0 <= column < width):
        raise InputError(
            f"As the network is fed it, the photo has places 0,0 to {height - 1},{width - 1}. "
            f"Received: {row},{column}."
        )
    return row, column


def _entry(
    layer: str,
    where: Sight,
    before: np.ndarray,
    after: np.ndarray,
    statistics: Statistics | None,
    count: int,
) -> Entry:
    """One layer's words, of its maps (height, width, channels) before and after activation."""
    mean, deviation, natural = _usual(layer, before, statistics)
    floor = LEAST * float(np.median(deviation))
    unusual = (before[where.neuron] - mean) / np.maximum(deviation, max(floor, 1e-12))
    response = after[where.neuron]
    firing = np.flatnonzero(response > 0)
    order = firing[np.argsort(-unusual[firing], kind="stable")][:count]
    words = tuple(
        Word(Unit(layer, int(c), where.neuron), float(response[c]), float(unusual[c]))
        for c in order
    )
    return Entry(layer, where, words, len(firing), len(response), natural)


def _usual(
    layer: str, before: np.ndarray, statistics: Statistics | None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Mean and deviation of each channel's neurons, and of how many natural pictures: 0 of none."""
    name = f"{layer}/neuron"
    if statistics is not None and f"{name}/mean" in statistics.arrays:
        mean, deviation = (statistics.arrays[f"{name}/{part}"] for part in ("mean", "deviation"))
        return mean.astype("float64"), deviation.astype("float64"), statistics.count
    return before.mean(axis=(0, 1)), before.std(axis=(0, 1)), 0
