"""The page of a layer: all its units as tiles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convscope.atlas.entry import Entry
from convscope.atlas.layer_shares import LayerShare
from convscope.atlas.pace import spoken
from convscope.atlas.similarity import by_similarity
from convscope.brief import Brief
from convscope.explorer.commands import commands_of_pictures
from convscope.explorer.photos import Kept
from convscope.explorer.subject import Shelf, Subject
from convscope.explorer.tiles import Tile, first_entries, tiles
from convscope.networks.units import Unit, quoted

Units = Sequence[Unit]


@dataclass(frozen=True, eq=False)
class Known(Brief):
    """What is known of a layer's units, to put them in an order.

    Args:
        entries: of the atlas, by address.
        excited: the share of natural pictures that excite each channel; empty if not known.
        responses: of each channel to a photo; empty without one.
    """

    entries: Mapping[str, Entry]
    excited: Sequence[float]
    responses: Sequence[float]

    def _brief(self) -> str:
        return f"{len(self.entries)} units"


def _by_number(units: Units, known: Known) -> Units:
    return units


def _by_reach(units: Units, known: Known) -> Units:
    def reach(unit: Unit) -> float:
        entry = known.entries.get(str(unit))
        return entry.reach if entry and entry.reach is not None else -float("inf")

    return sorted(units, key=reach, reverse=True)


def _by_similarity(units: Units, known: Known) -> Units:
    made = [unit for unit in units if str(unit) in known.entries]
    order = by_similarity([known.entries[str(unit)] for unit in made])
    rest = [unit for unit in units if str(unit) not in known.entries]
    return [made[place] for place in order] + rest


def _by_excited(units: Units, known: Known) -> Units:
    return _by_value(units, known.excited)


def _by_response(units: Units, known: Known) -> Units:
    return _by_value(units, known.responses)


def _by_value(units: Units, values: Sequence[float]) -> Units:
    return sorted(units, key=lambda unit: -values[unit.channel or 0]) if len(values) else units


# The orders of the tiles; what is not known yet comes last.
SORTS: dict[str, tuple[str, Callable[[Units, Known], Units]]] = {
    "index": ("number", _by_number),
    "reach": ("highest reach first", _by_reach),
    "similarity": ("similar ones together", _by_similarity),
    "excited": ("excited by most pictures first", _by_excited),
    "photo": ("response to a photo", _by_response),
}
PHOTOS = 6  # that can be chosen from


def layer_page(
    subject: Subject,
    store: Shelf | None,
    name: str,
    query: Mapping[str, str],
    photos: Sequence[Kept] = (),
) -> dict[str, Any]:
    """Return what the page of a layer shows.

    Args:
        subject: the network.
        store: its atlas.
        name: the layer's whole address.
        query: 'sort', a name in ``SORTS``; 'q', a text to find in labels, or else in what the units
            separate best; and 'photo', the name of a photo.
        photos: whose responses can be shown.
    """
    sort = query.get("sort", "index")
    sort = sort if sort in SORTS else "index"
    wanted = query.get("q", "").strip()
    photo = next((each for each in photos if each.name == query.get("photo")), None)
    units = subject.units(name)
    entries = first_entries(subject, store, name)
    known = Known(entries, _excited(subject, name), _responses(subject, name, photo))
    facts = {address: entry.reach_in_words for address, entry in entries.items()}
    if len(known.responses):
        facts = {str(unit): f"{known.responses[unit.channel or 0]:.3g}" for unit in units}
    elif sort == "excited" and len(known.excited):
        facts = {str(unit): f"{known.excited[unit.channel or 0]:.0%}" for unit in units}
    phrases = _phrases(subject, units, wanted) if wanted else {}
    shown = tiles(subject, store, SORTS[sort][1](units, known), {**facts, **phrases})
    named_so = [tile for tile in shown if wanted.casefold() in tile.label.casefold()]
    found = named_so or [tile for tile in shown if tile.unit in phrases]
    order = subject.order
    place = order.index(name) if name in order else 0
    return {
        "layer": subject.description.layers.get(name),
        "name": name,
        "tiles": found,
        "sort": sort,
        "sorts": {name: text for name, (text, _) in SORTS.items() if name != "photo"},
        "photos": photos[:PHOTOS],
        "photo": photo,
        "unasked": photo is not None and not len(known.responses),
        "wanted": wanted,
        "worded": bool(_phrases(subject, units[:1], "")),
        "missing": sum(not tile.key for tile in shown),
        "time": _time(entries, shown),
        "shares": LayerShare.of(name, entries.values()),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        **commands_of_pictures(subject, f"{quoted(name)}:*"),
    }


def orders(subject: Subject, store: Shelf | None, name: str) -> dict[str, dict[str, int]]:
    """Return the places of a layer's units, by address, in each order that is known of them."""
    units, entries = subject.units(name), first_entries(subject, store, name)
    known = Known(entries, _excited(subject, name), ())
    sorts = {
        "reach": any(entry.reach is not None for entry in entries.values()),
        "similarity": len(entries) > 1,
        "excited": bool(known.excited),
    }
    return {
        sort: {str(unit): place for place, unit in enumerate(SORTS[sort][1](units, known))}
        for sort, is_known in sorts.items()
        if is_known
    }


def _phrases(subject: Subject, units: Units, wanted: str) -> dict[str, str]:
    """Return the phrase with a text in it of each unit that separates such photos best."""
    natural, found = subject.statistics, dict[str, str]()
    for unit in units if natural else ():
        told = natural.in_words(unit) if natural else ""
        if isinstance(told, str):  # why there are none
            continue
        for phrase in (told.high.best, told.high.label, told.high.following):
            if phrase and wanted.casefold() in phrase.text.casefold():
                found.setdefault(str(unit), phrase.short)
    return found


def _excited(subject: Subject, layer: str) -> Sequence[float]:
    statistics = subject.statistics
    found = statistics.arrays.get(f"{layer}/excited") if statistics else None
    return [] if found is None else [float(value) for value in found]


def _responses(subject: Subject, layer: str, photo: Kept | None) -> Sequence[float]:
    if photo is None:
        return []
    asked = {"photo": photo.name, "layer": layer}
    return list(subject.found("channels", asked).get("responses", []))


def _time(known: Mapping[str, Entry], shown: Sequence[Tile]) -> str:
    """Return how long the missing pictures take, from those that were made; '' if none was."""
    missing = sum(not tile.key for tile in shown)
    if not known or not missing:
        return ""
    return spoken(missing * sum(entry.seconds for entry in known.values()) / len(known))
