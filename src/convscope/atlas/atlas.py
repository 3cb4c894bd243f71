"""``Atlas``: an atlas on the disk, to be read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convscope import images
from convscope.atlas.edition import Edition
from convscope.atlas.entry import Entry
from convscope.atlas.store import Store
from convscope.brief import Brief, counted
from convscope.errors import InputError, UnknownName, unknown
from convscope.images import Picture
from convscope.networks.network import HEAD
from convscope.networks.units import quoted


@dataclass(frozen=True)
class Atlas(Brief):
    """The pictures of a network's units in a folder, with their evidence.

    An atlas may be read while it is being built.

    Args:
        folder: where it is.
        name: of the edition, if the folder has several: pictures of one network, recipe and size.
    """

    folder: Path
    name: str

    @property
    def edition(self) -> Edition:
        """What all its pictures share: the network, the recipe, the size.

        Raises:
            InputError: there is no such edition.
        """
        with Store(self.folder) as store:
            return store.editions()[self.name][0]

    def __len__(self) -> int:
        with Store(self.folder) as store:
            return sum(store.counts(self.name).values())

    def __iter__(self) -> Iterator[Entry]:
        return self.entries()

    def entries(self, layer: str | None = None) -> Iterator[Entry]:
        """Yield what is known of each picture, in the order of the network.

        Args:
            layer: the address of a layer, or 'predictions' for the class layer; all layers if not
                given.
        """
        own = None if layer is None else self.address(layer)
        with Store(self.folder) as store:
            yield from store.entries(self.name, own)

    def address(self, name: str) -> str:
        """Return the address of a layer; for 'predictions' that of the class layer.

        Args:
            name: the address, which is returned as it is; or 'predictions', as for a network.
        """
        about = self.edition.about
        if name != HEAD or about is None or HEAD in about.layers:
            return name
        return about.head or name

    def entry(self, unit: str, seed: int | None = None) -> Entry:
        """Return what is known of a unit's picture.

        Args:
            unit: its address, with a number or a label: 'block5_conv3:17', 'predictions:bee';
                'predictions' is the class layer, whatever its name.
            seed: of the picture; the first one if not given.

        Raises:
            UnknownName: it is not in the atlas.
        """
        sign = "-" if unit.startswith("-") else ""
        layer, colon, rest = unit.removeprefix(sign).partition(":")
        own = f"{sign}{quoted(self.address(layer))}{colon}{rest}" if layer == HEAD else unit
        with Store(self.folder) as store:
            found = store.named(self.name, own)
            if not found:
                known = store.labels(self.name)
                raise unknown("unit of this atlas", unit, {*known, *known.values()})
        seeds = {each.seed: each for each in found}
        if seed is not None and seed not in seeds:
            own = ", ".join(map(str, seeds))
            raise UnknownName(f"{unit} has no picture of seed {seed}. It has: {own}.")
        return found[0] if seed is None else seeds[seed]

    def picture(self, unit: str, seed: int | None = None) -> Picture:
        """Return the picture of a unit, (height, width, 3) in [0, 1].

        Args:
            unit: as for ``entry``.
            seed: as for ``entry``.

        Raises:
            UnknownName: it is not in the atlas.
            InputError: the file is missing or torn.
        """
        found = self.entry(unit, seed)
        with Store(self.folder) as store:
            return images.decode(store.picture(found), found.label)

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each picture, in the order of the network."""
        return [each.table() for each in self]

    def _brief(self) -> str:
        return f"{self.name} in {self.folder}: {counted(len(self), 'picture')}"


def read_atlas(folder: str | os.PathLike[str], edition: str | None = None) -> Atlas:
    """Return the atlas in a folder.

    Args:
        folder: where ``build_atlas`` made it.
        edition: its name, if the folder has several; the latest if not given.

    Returns:
        The atlas, to be read.

    Raises:
        InputError: there is no atlas, it is empty, or a newer version made it.
        UnknownName: it has no edition of this name.

    Example:
        ``cs.read_atlas("atlas").entry("block5_conv3:17").reach``
    """
    with Store(Path(folder)) as store:
        known = store.editions()
    if not known:
        raise InputError.expected("an atlas with pictures", f"'{folder}', which is empty")
    if edition is not None and edition not in known:
        raise unknown("edition of this atlas", edition, known)
    return Atlas(Path(folder), edition or list(known)[-1])
