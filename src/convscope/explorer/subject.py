"""``Subject``: the network that pages are about, with its pictures, whoever has them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from convscope.atlas.description import Description, Layer
from convscope.atlas.edition import Edition
from convscope.atlas.entry import Entry
from convscope.networks.natural_statistics import Statistics
from convscope.networks.units import Unit
from convscope.terminal.record import Record


class Shelf(Protocol):
    """Where the pictures of units are: the store of an atlas, or what was read from one."""

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return which of some keys are there."""

    def entries(self, edition: str, layer: str | None = None) -> Iterable[Entry]:
        """Return what is known of the pictures of a layer."""

    def named(self, edition: str, name: str) -> list[Entry]:
        """Return what is known of the pictures of a unit."""

    def counts(self, edition: str) -> dict[str, int]:
        """Return how many pictures there are of each layer."""

    def path(self, key: str) -> Path:
        """Return where the picture of a key is."""


class Subject(Protocol):
    """What pages are about: a network that is loaded, or an atlas without its network."""

    @property
    def edition(self) -> Edition:
        """How the pictures of its units are made."""

    @property
    def description(self) -> Description:
        """What the pages say of it."""

    @property
    def statistics(self) -> Statistics | None:
        """How its units respond to natural pictures; None if that is not known."""

    @property
    def photos(self) -> str:
        """The folder of the user's photos that are compared with; '' for none."""

    @property
    def strip(self) -> Sequence[Layer]:
        """The layers of the first page."""

    @property
    def order(self) -> Sequence[str]:
        """The addresses of all layers that have a page."""

    def units(self, layer: str) -> Sequence[Unit]:
        """Return the units of a layer that have a tile."""

    def describe(self, unit: Unit) -> str:
        """Return a unit's address, with a class's label."""

    def seed(self, unit: Unit) -> int:
        """Return the seed of a unit's first picture."""

    def further(self, unit: Unit) -> Mapping[tuple[Unit, int], str]:
        """Return further pictures of a unit, by unit and seed, with their captions."""

    def beside(self, unit: Unit, by: int) -> Unit | None:
        """Return the unit that comes some places after one in its layer; None at the ends."""

    def record(self, values: Mapping[str, Any]) -> Record:
        """Return a record of a result, which a command is made of."""

    def found(self, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was found out when it was asked for; empty if it was not."""
