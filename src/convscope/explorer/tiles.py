"""``Tile``: a unit as a small picture that leads to its page."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from convscope.atlas.entry import Entry
from convscope.atlas.store import Store
from convscope.brief import Brief
from convscope.explorer.studio import Loaded
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
    def href(self) -> str:
        """The address of the unit's page."""
        return f"/unit/{quote(self.unit)}"

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(filter(None, (self.label, self.fact, "" if self.key else "not made yet")))

    def _brief(self) -> str:
        return self.label


def tiles(
    loaded: Loaded,
    store: Store | None,
    units: Iterable[Unit],
    facts: Mapping[str, str] | None = None,
) -> list[Tile]:
    """Return a tile for each of some units.

    Args:
        loaded: the network.
        store: its atlas, or None if that is empty.
        units: of any layers.
        facts: second lines by address.
    """
    seed = loaded.edition.recipe.seed
    keys = {unit: loaded.edition.key(unit, seed) for unit in units}
    known = store.known(list(keys.values())) if store else set()
    return [
        Tile(
            str(unit),
            label := loaded.network.describe(unit),
            label.removeprefix(f"{unit.layer}:"),
            (facts or {}).get(str(unit), ""),
            key if key in known else "",
        )
        for unit, key in keys.items()
    ]


def first_entries(loaded: Loaded, store: Store | None, layer: str) -> dict[str, Entry]:
    """Return what is known of the units of a layer, by address: of each its first picture."""
    if store is None:
        return {}
    seed = loaded.edition.recipe.seed
    return {
        str(entry.unit): entry
        for entry in store.entries(loaded.edition.name, layer)
        if entry.seed == seed and not entry.unit.negative and entry.unit.at is None
    }


def strongest(
    loaded: Loaded, store: Store | None, named: Sequence[Sequence[object]] | None
) -> list[Tile]:
    """Return tiles of units that evidence names, each with its number; colours have no picture."""
    numbers = {str(name): value for name, value in named or ()}
    units: dict[str, Unit] = {}
    for name in numbers:
        with suppress(ValueError):
            unit = Unit.parse(name)
            if unit.layer in loaded.network.layers:
                units[name] = unit
    facts = {name: f"{value:+.3g}" for name, value in numbers.items() if isinstance(value, float)}
    made = dict(zip(units, tiles(loaded, store, units.values(), facts), strict=True))
    plain = {name: Tile("", name, name, fact) for name, fact in facts.items()}
    return [made.get(name) or plain[name] for name in facts]
