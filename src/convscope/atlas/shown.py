"""``Shown``: a unit with all its pictures, and the units of a layer in an order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from convscope.atlas.atlas import Atlas
from convscope.atlas.entry import Entry
from convscope.atlas.similarity import by_similarity
from convscope.brief import Brief
from convscope.errors import refuse_unknown, unknown


@dataclass(frozen=True)
class Shown(Brief):
    """One unit: its first picture, and further ones with their captions."""

    entry: Entry
    more: tuple[tuple[str, Entry], ...]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Shown":
        """Return a unit with its pictures; the opposite comes after those of other seeds."""
        first, *rest = sorted(entries, key=lambda each: (each.unit.negative, each.seed))
        return cls(first, tuple((_caption(first, each), each) for each in rest))


def shown(atlas: Atlas, layer: str | None = None) -> dict[str, list[Shown]]:
    """Return the units of each layer, or of one layer, in the order of the network.

    Raises:
        UnknownName: the atlas has no pictures of this layer.
    """
    found: dict[str, dict[str, list[Entry]]] = {}
    for entry in atlas.entries(layer):
        same = str(replace(entry.unit, negative=False))
        found.setdefault(entry.unit.layer, {}).setdefault(same, []).append(entry)
    if layer is not None and not found:
        raise unknown("layer of this atlas", layer, {each.unit.layer for each in atlas})
    return {own: [Shown.of(some) for some in units.values()] for own, units in found.items()}


def _caption(first: Entry, other: Entry) -> str:
    opposite = other.unit.negative != first.unit.negative
    seed = f"seed {other.seed}" if other.seed != first.seed else ""
    return ", ".join(part for part in ("the opposite" * opposite, seed) if part)


def _as_in_the_network(entries: Sequence[Entry]) -> list[int]:
    return list(range(len(entries)))


def _by_reach(entries: Sequence[Entry]) -> list[int]:
    """Return the highest reach first, and last the units whose reach is not known."""
    reaches = [-float("inf") if each.reach is None else each.reach for each in entries]
    return sorted(range(len(entries)), key=lambda place: -reaches[place])


# The orders of a layer's units: each returns places in the list that it is given.
ORDERS: dict[str, Callable[[Sequence[Entry]], list[int]]] = {
    "index": _as_in_the_network,
    "reach": _by_reach,
    "similarity": by_similarity,
}


def ordered(units: Sequence[Shown], order: str) -> list[Shown]:
    """Return the units of a layer in one of the ``ORDERS``.

    Raises:
        UnknownName: there is no such order.
    """
    refuse_unknown("order of units", [order], ORDERS)
    return [units[place] for place in ORDERS[order]([each.entry for each in units])]
