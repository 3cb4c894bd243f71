"""The first page: the network as a strip of layers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from convscope.atlas.description import Layer
from convscope.brief import Brief, counted
from convscope.explorer.commands import commands_of_pictures
from convscope.explorer.dreams import Dream
from convscope.explorer.photos import every
from convscope.explorer.studio import Loaded
from convscope.explorer.subject import Shelf, Subject
from convscope.explorer.tiles import Tile, tiles
from convscope.networks.draws import draw

RANDOM = 4  # units of each layer
BEFORE = 12  # photos, and ascents, that were made before
NOT_LIVE: Mapping[str, Any] = MappingProxyType({"photos": (), "dreams": (), "second": ""})
TALLEST, THINNEST, WIDEST = 72, 6, 72  # of a box, in pixels


@dataclass(frozen=True)
class Box(Brief):
    """A layer in the strip: a box to the scale of its maps and its channels, and some units."""

    layer: Layer
    height: float
    width: float
    says: str
    units: list[Tile]

    def _brief(self) -> str:
        return self.layer.address


def first_page(
    subject: Subject,
    store: Shelf | None,
    query: Mapping[str, str],
    done: Mapping[str, Any] = NOT_LIVE,
) -> dict[str, Any]:
    """Return what the first page shows.

    Args:
        subject: the network.
        store: its atlas.
        query: 'seed' draws other units.
        done: what was made before, as ``done_before`` gives it.
    """
    seed = _whole(query.get("seed", "0"))
    strip = subject.strip
    most = max(layer.channels for layer in strip)
    largest = max(subject.description.size) or 1
    boxes = []
    for layer in strip:
        units = subject.units(layer.address)
        some = [units[place] for place in draw(layer.address, len(units), RANDOM, seed)]
        side = layer.shape[0] if len(layer.shape) == 3 else 1
        boxes.append(
            Box(
                layer,
                max(THINNEST, TALLEST * math.sqrt(side / largest)),
                max(THINNEST, WIDEST * math.sqrt(layer.channels / most)),
                _says(layer),
                tiles(subject, store, some),
            )
        )
    head = subject.description.head
    classes = tiles(subject, store, subject.units(head)) if head in subject.order else []
    counts = store.counts(subject.edition.name) if store else {}
    return {
        "boxes": boxes,
        "classes": classes,
        "seed": seed,
        "made": sum(counts.values()),
        **done,
        **commands_of_pictures(subject),
    }


def done_before(loaded: Loaded) -> dict[str, Any]:
    """Return the photos and the ascents that are there, the latest first."""
    return {
        "second": loaded.second.network.name if loaded.second else "",
        "photos": every(loaded.folder)[:BEFORE],
        "dreams": [_dreamt(each) for each in Dream.all(loaded.folder)[:BEFORE]],
    }


def _dreamt(dream: Dream) -> dict[str, Any]:
    return {"name": dream.name, "label": dream.about.get("label", ""), "last": dream.count - 1}


def _says(layer: Layer) -> str:
    """Return a sentence about a layer."""
    units = counted(layer.channels, "unit")
    if not layer.kind:
        return f"{units}."
    if len(layer.shape) != 3:
        return f"{units}, each over the whole picture."
    height, width, _ = layer.shape
    seen = "the whole picture" if layer.receptive_field is None else f"{layer.receptive_field} px"
    return f"{units} at {height} x {width} places; each sees {seen}."


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
