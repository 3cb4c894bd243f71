"""The page of a layer: all its units as tiles."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convscope.atlas.entry import Entry
from convscope.atlas.pace import spoken
from convscope.atlas.similarity import by_similarity
from convscope.atlas.store import Store
from convscope.explorer.studio import Loaded
from convscope.explorer.tiles import Tile, first_entries, reach_of, tiles
from convscope.networks.units import Unit

Order = Callable[[Sequence[Unit], Mapping[str, Entry]], Sequence[Unit]]


def _by_reach(units: Sequence[Unit], known: Mapping[str, Entry]) -> Sequence[Unit]:
    def reach(unit: Unit) -> float:
        entry = known.get(str(unit))
        return entry.reach if entry and entry.reach is not None else -float("inf")

    return sorted(units, key=reach, reverse=True)


def _by_similarity(units: Sequence[Unit], known: Mapping[str, Entry]) -> Sequence[Unit]:
    made = [unit for unit in units if str(unit) in known]
    order = by_similarity([known[str(unit)] for unit in made])
    return [made[place] for place in order] + [unit for unit in units if str(unit) not in known]


# The orders of the tiles; what is not known yet comes last.
SORTS: dict[str, tuple[str, Order]] = {
    "index": ("number", lambda units, known: units),
    "reach": ("highest reach first", _by_reach),
    "similarity": ("similar ones together", _by_similarity),
}


def layer_page(
    loaded: Loaded, store: Store | None, name: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of a layer shows.

    Args:
        loaded: the network.
        store: its atlas.
        name: the layer's address.
        query: 'sort', a name in ``SORTS``, and 'q', a text to find in labels.

    Raises:
        UnknownName: there is no such layer.
    """
    info = loaded.network.layer(name)
    sort = query.get("sort", "index")
    sort = sort if sort in SORTS else "index"
    wanted = query.get("q", "").strip()
    units = [Unit(info.address, channel) for channel in range(info.channels)]
    known = first_entries(loaded, store, info.address)
    facts = {address: reach_of(entry) for address, entry in known.items()}
    shown = tiles(loaded, store, SORTS[sort][1](units, known), facts)
    found = [tile for tile in shown if wanted.casefold() in tile.label.casefold()]
    order = list(loaded.description.layers)
    place = order.index(info.address) if info.address in order else 0
    return {
        "layer": loaded.description.layers.get(info.address),
        "name": info.address,
        "tiles": found,
        "sort": sort,
        "sorts": {name: text for name, (text, _) in SORTS.items()},
        "wanted": wanted,
        "missing": sum(not tile.key for tile in shown),
        "time": _time(known, shown),
        "shares": _shares(list(known.values())),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
    }


def _time(known: Mapping[str, Entry], shown: Sequence[Tile]) -> str:
    """Return how long the missing pictures take, from those that were made; '' if none was."""
    missing = sum(not tile.key for tile in shown)
    if not known or not missing:
        return ""
    return spoken(missing * sum(entry.seconds for entry in known.values()) / len(known))


def _shares(entries: Sequence[Entry]) -> str:
    """Return how many units reach beyond natural pictures or are silent, of those made so far."""
    reaches = [entry.reach for entry in entries if entry.reach is not None]
    if not reaches:
        return ""
    beyond = sum(reach > 1 for reach in reaches) / len(reaches)
    silent = sum(bool(entry.silent) for entry in entries) / len(reaches)
    return f"{beyond:.0%} beyond all natural pictures, {silent:.0%} silent"
