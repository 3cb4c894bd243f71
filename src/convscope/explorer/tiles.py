"""``Tile``: a unit as a small picture that leads to its page."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from convscope.atlas.entry import Entry
from convscope.brief import Brief
from convscope.explorer.subject import Shelf, Subject
from convscope.networks.units import Unit


@dataclass(frozen=True)
class Tile(Brief):
    """A unit as a small picture.

    Args:
        unit: its address.
        label: the same with a class's label.
        name: what stands below the picture: the channel's number or the class.
        fact: a second line; '' for none.
        key: of the picture; '' if it is not made yet.
    """

    unit: str
    label: str
    name: str
    fact: str = ""
    key: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(filter(None, (self.label, self.fact, "" if self.key else "not made yet")))

    def _brief(self) -> str:
        return self.label


def tiles(
    subject: Subject,
    store: Shelf | None,
    units: Iterable[Unit],
    facts: Mapping[str, str] | None = None,
) -> list[Tile]:
    """Return a tile for each of some units.

    Args:
        subject: the network.
        store: its atlas, or None if that is empty.
        units: of any layers.
        facts: second lines by address.
    """
    keys = {unit: subject.edition.key(unit, subject.seed(unit)) for unit in units}
    known = store.known(list(keys.values())) if store else set()
    return [
        Tile(
            str(unit),
            label := subject.describe(unit),
            label.removeprefix(f"{unit.layer}:"),
            (facts or {}).get(str(unit), ""),
            key if key in known else "",
        )
        for unit, key in keys.items()
    ]


def first_entries(subject: Subject, store: Shelf | None, layer: str) -> dict[str, Entry]:
    """Return what is known of the units of a layer, by address: of each its first picture."""
    if store is None:
        return {}
    units = set(subject.units(layer))
    return {
        str(entry.unit): entry
        for entry in store.entries(subject.edition.name, layer)
        if entry.unit in units and entry.seed == subject.seed(entry.unit)
    }


def strongest(
    subject: Subject, store: Shelf | None, named: Sequence[Sequence[object]] | None
) -> list[Tile]:
    """Return tiles of units that evidence names, each with its number; colours have no picture."""
    numbers = {str(name): value for name, value in named or ()}
    units: dict[str, Unit] = {}
    for name in numbers:
        with suppress(ValueError):
            unit = Unit.parse(name)
            if unit.layer in subject.description.layers:
                units[name] = unit
    facts = {name: f"{value:+.3g}" for name, value in numbers.items() if isinstance(value, float)}
    made = dict(zip(units, tiles(subject, store, units.values(), facts), strict=True))
    plain = {name: Tile("", name, name.rpartition(":")[2], fact) for name, fact in facts.items()}
    return [made.get(name) or plain[name] for name in facts]
