"""``LayerShares``: how many units of each layer are silent, or reach beyond natural pictures."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.atlas.atlas import Atlas
from convscope.atlas.entry import Entry
from convscope.atlas.layer_shares_figure import layer_shares_figure
from convscope.atlas.shown import shown
from convscope.brief import counted
from convscope.errors import InputError
from convscope.results import TABLED, FigureResult, Rows, texts

if TYPE_CHECKING:
    from convscope.drawing import Figure


@dataclass(frozen=True)
class LayerShare:
    """The units of one layer whose reach is known.

    Args:
        layer: its address.
        units: how many.
        beyond: the share whose picture excites the unit more than every natural picture, in [0, 1].
        silent: the share that almost no natural picture excites, in [0, 1].
        reach: the median reach.
    """

    layer: str
    units: int
    beyond: float
    silent: float
    reach: float

    @classmethod
    def of(cls, layer: str, entries: Iterable[Entry]) -> "LayerShare | None":
        """Return the shares of some units, one entry each; None if no reach is known."""
        known = [(entry.reach, entry.silent) for entry in entries if entry.reach is not None]
        if not known:
            return None
        reaches = [reach for reach, _ in known]
        beyond = sum(reach > 1 for reach in reaches) / len(known)
        silent = sum(bool(silent) for _, silent in known) / len(known)
        return cls(layer, len(known), beyond, silent, median(reaches))

    def __str__(self) -> str:
        return f"{self.beyond:.0%} beyond all natural pictures, {self.silent:.0%} silent"


@dataclass(frozen=True, eq=False)
class LayerShares(FigureResult):
    """How many units of each layer are silent, or reach beyond natural pictures.

    Args:
        atlas: where the units are from.
        layers: in the order of the network.
    """

    atlas: Atlas
    layers: tuple[LayerShare, ...]
    suffixes = TABLED

    def figure(self) -> "Figure":
        """Return a figure with two bars for each layer."""
        return layer_shares_figure(
            [f"{each.layer} ({each.units})" for each in self.layers],
            {
                "beyond every natural picture": [each.beyond for each in self.layers],
                "silent": [each.silent for each in self.layers],
            },
            title=f"Units of {self.atlas.edition.network}, layer by layer",
        )

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return the shares and the median reach by name, each (layers,)."""
        return {
            name: np.array([getattr(each, name) for each in self.layers])
            for name in ("units", "beyond", "silent", "reach")
        }

    def table(self) -> Rows:
        """Return one row for each layer."""
        return [asdict(each) for each in self.layers]

    def lines(self) -> list[tuple[str, str]]:
        """Return the layers with their shares as words."""
        return [
            (
                each.layer,
                f"{counted(each.units, 'unit')}, {each.beyond:.0%} beyond every natural picture, "
                f"{each.silent:.1%} silent, median reach {each.reach:.2f}",
            )
            for each in self.layers
        ]

    def record(self) -> dict[str, Any]:
        """Return the shares, and where they are from."""
        edition = self.atlas.edition
        return {
            "convscope": "atlas layers",
            "folder": str(self.atlas.folder),
            "edition": self.atlas.name,
            "rows": list(self.table()),
            "network": edition.network,
            "digest": edition.digest,
            "versions": edition.versions,
        }

    def info(self) -> dict[str, str]:
        """Return the texts of a saved figure."""
        return texts(self.record(), "rows")

    def _brief(self) -> str:
        return f"{self.atlas.edition.network}: {counted(len(self.layers), 'layer')}"


def layer_shares(atlas: Atlas) -> LayerShares:
    """Return how many units of each layer are silent, or reach beyond natural pictures.

    Args:
        atlas: from ``read_atlas`` or ``build_atlas``.

    Returns:
        The shares of each layer, in the order of the network, to be drawn or saved.

    Raises:
        InputError: the atlas was made without natural pictures, so that no reach is known.

    Example:
        ``cs.layer_shares(cs.read_atlas("atlas")).save("layers.png")``
    """
    every = (
        LayerShare.of(layer, (each.entry for each in units))
        for layer, units in shown(atlas).items()
    )
    found = [share for share in every if share]
    if not found:
        raise InputError.expected(
            "an atlas that knows natural pictures",
            f"'{atlas.folder}', which has none to compare with",
            "Try: convscope atlas build with --natural DIR.",
        )
    return LayerShares(atlas, tuple(found))
