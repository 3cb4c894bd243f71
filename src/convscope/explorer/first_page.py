"""The first page: the network as a strip of layers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convscope.atlas.store import Store
from convscope.brief import Brief, counted
from convscope.explorer.description import Layer
from convscope.explorer.dreams import Dream
from convscope.explorer.photos import every
from convscope.explorer.studio import Loaded
from convscope.explorer.tiles import Tile, tiles
from convscope.networks.draws import draw_channels
from convscope.networks.units import Unit, quoted

RANDOM = 4  # units of each layer
BEFORE = 12  # photos, and ascents, that were made before
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


def first_page(loaded: Loaded, store: Store | None, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the first page shows.

    Args:
        loaded: the network.
        store: its atlas.
        query: 'seed' draws other units.
    """
    seed = _whole(query.get("seed", "0"))
    network, strip = loaded.network, loaded.description.strip
    most = max(layer.channels for layer in strip)
    largest = max(network.size)
    boxes = []
    for layer in strip:
        channels = draw_channels(network.layers[layer.address], RANDOM, seed)
        some = [Unit(layer.address, channel) for channel in channels]
        side = layer.shape[0] if len(layer.shape) == 3 else 1
        boxes.append(
            Box(
                layer,
                max(THINNEST, TALLEST * math.sqrt(side / largest)),
                max(THINNEST, WIDEST * math.sqrt(layer.channels / most)),
                _says(layer),
                tiles(loaded, store, some),
            )
        )
    head = loaded.description.head
    classes = tiles(loaded, store, network.units(f"{quoted(head)}:*")) if head else []
    counts = store.counts(loaded.edition.name) if store else {}
    return {
        "boxes": boxes,
        "classes": classes,
        "seed": seed,
        "made": sum(counts.values()),
        "photos": every(loaded.folder)[:BEFORE],
        "dreams": [_dreamt(each) for each in Dream.all(loaded.folder)[:BEFORE]],
    }


def _dreamt(dream: Dream) -> dict[str, Any]:
    return {"name": dream.name, "label": dream.about.get("label", ""), "last": dream.count - 1}


def _says(layer: Layer) -> str:
    """Return a sentence about a layer."""
    units = counted(layer.channels, "unit")
    if len(layer.shape) != 3:
        return f"{units}, each over the whole picture."
    height, width, _ = layer.shape
    seen = "the whole picture" if layer.receptive_field is None else f"{layer.receptive_field} px"
    return f"{units} at {height} x {width} places; each sees {seen}."


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
