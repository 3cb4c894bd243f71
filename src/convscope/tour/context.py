"""What a tour is made of: a network, photos, and chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from convscope import drawing
from convscope.brief import Brief
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
    """What the chapters are made of."""

    network: Network
    photos: Sequence[Path]
    seed: int

    def drawn(self, layer: str) -> list[str]:
        """Units of a layer drawn at random, never picked."""
        channels = draw_channels(self.network.layers[layer], UNITS_A_LAYER, self.seed)
        return [f"{quoted(layer)}:{channel}" for channel in channels]


def drawn(name: str, figure: "Figure", info: dict[str, str], caption: str) -> Shown:
    """A figure, as wide as the page."""
    return Shown(name, drawing.to_png(figure, DPI, info), caption, width=WIDE)
