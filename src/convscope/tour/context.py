"""What all chapters share: the network, the photos and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from convscope import drawing
from convscope.brief import Brief
from convscope.images import Photo
from convscope.networks.draws import draw_channels
from convscope.networks.network import Network
from convscope.networks.units import quoted
from convscope.tour.page import WIDE, Shown

if TYPE_CHECKING:
    from convscope.drawing import Figure

UNITS_A_LAYER = 8
DPI = 120  # of figures on the page, so that all of it stays below a dozen megabytes


@dataclass(frozen=True)
class Tour(Brief):
    """The network, the photos and the seed of a tour."""

    network: Network
    photos: Sequence[Path | Photo]
    seed: int

    def drawn(self, layer: str) -> list[str]:
        """Return units of a layer that are drawn at random, not chosen by how they look."""
        channels = draw_channels(self.network.layers[layer], UNITS_A_LAYER, self.seed)
        return [f"{quoted(layer)}:{channel}" for channel in channels]


def drawn(name: str, figure: "Figure", info: dict[str, str], caption: str) -> Shown:
    """Return a figure for the page, as wide as the page."""
    return Shown(name, drawing.to_png(figure, DPI, info), caption, width=WIDE)
