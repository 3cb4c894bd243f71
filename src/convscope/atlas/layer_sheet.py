"""``LayerSheet``: the pictures of all units of a layer on one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import drawing, images
from convscope.atlas.atlas import Atlas
from convscope.atlas.entry import Entry
from convscope.atlas.shown import ordered, shown
from convscope.atlas.store import Store
from convscope.brief import counted
from convscope.images import Picture
from convscope.results import TABLED, FigureResult, Rows, texts

if TYPE_CHECKING:
    from convscope.drawing import Figure


_ORDERED = {
    "index": "in the order of their numbers",
    "reach": "the highest reach first",
    "similarity": "similar units beside each other",
}


@dataclass(frozen=True, eq=False)
class LayerSheet(FigureResult):
    """The pictures of all units of a layer, in an order.

    Args:
        atlas: where they are from.
        layer: its address.
        order: 'index', 'reach' or 'similarity'.
        entries: one for each unit.
        pictures: their pictures, each (height, width, 3) in [0, 1].
    """

    atlas: Atlas
    layer: str
    order: str
    entries: tuple[Entry, ...]
    pictures: tuple[Picture, ...]
    suffixes = TABLED

    def figure(self) -> "Figure":
        """Return a figure of all pictures, each with its unit and its reach."""
        return drawing.sheet(
            self.pictures,
            [each.label.removeprefix(f"{self.layer}:") for each in self.entries],
            [each.reach_in_words for each in self.entries],
            heading=f"{self.layer} of {self.atlas.edition.network}, {_ORDERED[self.order]}",
        )

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return the pictures by their units, each (height, width, 3) in [0, 1]."""
        return {
            f"pictures/{each.unit}": picture
            for each, picture in zip(self.entries, self.pictures, strict=True)
        }

    def table(self) -> Rows:
        """Return one row for each unit, in the order of the sheet."""
        return [each.table() for each in self.entries]

    def record(self) -> dict[str, Any]:
        """Return which units are shown, and where they are from."""
        edition = self.atlas.edition
        return {
            "convscope": "atlas sheet",
            "folder": str(self.atlas.folder),
            "edition": self.atlas.name,
            "layer": self.layer,
            "order": self.order,
            "units": [str(each.unit) for each in self.entries],
            "network": edition.network,
            "digest": edition.digest,
            "versions": edition.versions,
        }

    def info(self) -> dict[str, str]:
        """Return the texts of a saved sheet."""
        return texts(self.record(), "units")

    def _brief(self) -> str:
        return f"{self.layer}, by {self.order}: {counted(len(self.entries), 'unit')}"


def layer_sheet(atlas: Atlas, layer: str, order: str = "index") -> LayerSheet:
    """Return the pictures of all units of a layer on one sheet.

    Args:
        atlas: from ``read_atlas``.
        layer: its address, or 'predictions' for the class layer.
        order: 'index', as in the network; 'reach', the highest first; 'similarity', so that similar
            units are beside each other.

    Returns:
        The units in that order with their pictures, to be drawn or saved.

    Raises:
        UnknownName: the atlas has no pictures of this layer, or there is no such order.
        InputError: a picture is missing or torn.

    Example:
        ``cs.layer_sheet(cs.read_atlas("atlas"), "block5_conv3", "similarity").save("sheet.png")``
    """
    layer = atlas.address(layer)
    units = [each.entry for each in ordered(shown(atlas, layer)[layer], order)]
    with Store(atlas.folder) as store:
        pictures = tuple(images.decode(store.picture(each), each.label) for each in units)
    return LayerSheet(atlas, layer, order, tuple(units), pictures)
