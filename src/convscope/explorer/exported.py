"""``Exported``: an atlas as what pages are about, without its network, read at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from convscope.atlas.atlas import Atlas
from convscope.atlas.description import Description, Layer
from convscope.atlas.edition import OWN, Edition
from convscope.atlas.entry import Entry
from convscope.atlas.shown import Shown, shown
from convscope.atlas.store import Store
from convscope.brief import Brief
from convscope.networks.loading.load import natural_of
from convscope.networks.natural_statistics import Statistics
from convscope.networks.units import Unit
from convscope.terminal.record import Record


@dataclass(frozen=True, eq=False)
class Exported(Brief):
    """An atlas that was read: its units, and a shelf of their pictures.

    Args:
        store: of the atlas, which is open.
        atlas: the atlas.
        layers: its units, layer by layer, in the order of the network.
    """

    store: Store
    atlas: Atlas
    layers: Mapping[str, Sequence[Shown]]

    @classmethod
    def of(cls, store: Store, atlas: Atlas) -> "Exported":
        """Return an atlas that is read now."""
        return cls(store, atlas, shown(atlas))

    @cached_property
    def edition(self) -> Edition:
        """How the pictures are made."""
        return self.atlas.edition

    @cached_property
    def description(self) -> Description:
        """What the atlas knows of the network; of one of an earlier version, only its layers."""
        edition = self.edition
        if edition.about:
            return edition.about
        counts = {name: len(units) for name, units in self.layers.items()}
        return Description.of_layers(edition.network, edition.digest, counts)

    @cached_property
    def statistics(self) -> Statistics | None:
        """What the package knows of the network; that of a user's photos is not in an atlas."""
        edition = self.edition
        return natural_of(edition.network, edition.digest) if edition.natural == OWN else None

    @property
    def photos(self) -> str:
        """Nothing: an atlas does not know where they are."""
        return ""

    @property
    def strip(self) -> Sequence[Layer]:
        """The layers of the first page: all that have pictures."""
        known = self.description.layers
        return [known.get(name) or _unknown(name, units) for name, units in self.layers.items()]

    @property
    def order(self) -> Sequence[str]:
        """The addresses of the layers that have pictures."""
        return list(self.layers)

    def units(self, layer: str) -> Sequence[Unit]:
        """Return the units of a layer that have a picture."""
        return [each.entry.unit for each in self.layers.get(layer, ())]

    def describe(self, unit: Unit) -> str:
        """Return a unit's address with its label, as far as the atlas has it."""
        found = self._units.get(unit)
        return found.entry.label if found else str(unit)

    def seed(self, unit: Unit) -> int:
        """Return the seed of a unit's first picture."""
        found = self._units.get(unit)
        return found.entry.seed if found else self.edition.recipe.seed

    def further(self, unit: Unit) -> Mapping[tuple[Unit, int], str]:
        """Return all further pictures of a unit, with their captions."""
        # The opposite comes first, as on the server's pages.
        more = sorted(self._units[unit].more, key=lambda own: own[1].unit.negative == unit.negative)
        return {(entry.unit, entry.seed): caption for caption, entry in more}

    def beside(self, unit: Unit, by: int) -> Unit | None:
        """Return the unit that comes some places after one; None at the ends of the layer."""
        place = self._places[unit] + by
        units = self.layers[unit.layer]
        return units[place].entry.unit if 0 <= place < len(units) else None

    def record(self, values: Mapping[str, Any]) -> Record:
        """Return a record of a result of this network, of which its name and digest are known."""
        return Record({"network": self.edition.network, "digest": self.edition.digest, **values})

    def found(self, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return nothing: what was asked for beside the pictures is in no atlas."""
        return {}

    # The shelf.

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return which of some keys have a picture."""
        return self._keys.intersection(keys)

    def entries(self, edition: str, layer: str | None = None) -> Iterable[Entry]:
        """Return what is known of the first pictures of a layer, or of all."""
        some = self.layers.values() if layer is None else [self.layers.get(layer, ())]
        return [each.entry for units in some for each in units]

    def named(self, edition: str, name: str) -> list[Entry]:
        """Return what is known of the first picture of a unit."""
        found = self._units.get(Unit.parse(name))
        return [found.entry] if found else []

    def counts(self, edition: str) -> dict[str, int]:
        """Return how many pictures there are of each layer."""
        return {
            name: sum(1 + len(each.more) for each in units) for name, units in self.layers.items()
        }

    def path(self, key: str) -> Path:
        """Return where the picture of a key is."""
        return self.store.path(key)

    @cached_property
    def _units(self) -> Mapping[Unit, Shown]:
        return {each.entry.unit: each for units in self.layers.values() for each in units}

    @cached_property
    def _places(self) -> Mapping[Unit, int]:
        return {
            each.entry.unit: place
            for units in self.layers.values()
            for place, each in enumerate(units)
        }

    @cached_property
    def _keys(self) -> set[str]:
        every = (each for units in self.layers.values() for each in units)
        return {
            entry.key for each in every for entry in (each.entry, *(own for _, own in each.more))
        }

    def _brief(self) -> str:
        return f"{self.atlas.folder}: {len(self._units)} units"


def _unknown(name: str, units: Sequence[Shown]) -> Layer:
    """Return a layer of which only its units are known."""
    return Layer(name, "", (len(units),), None, True)
