"""What all chapters share: the network, the photos and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope import drawing
from convscope.brief import Brief
from convscope.images import Photo
from convscope.networks.draws import draw_channels
from convscope.networks.network import Network
from convscope.networks.units import quoted
from convscope.tour.page import WIDE, Shown

if TYPE_CHECKING:
    from convscope.drawing import Figure

DPI = 120  # of figures on the page, so that all of it stays below a dozen megabytes


CLASSES = (
    "tiger",
    "bee",
    "sports car",
    "giant panda",
    "sunflower",
    "school bus",
    "monarch",
    "espresso",
)
METHODS = ("gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion")


@dataclass(frozen=True)
class Extent:
    """How much a tour shows.

    Args:
        units: of each layer, drawn at random.
        classes: whose pictures are shown.
        methods: of attribution, names in ``METHODS``.
        late: layers of the story and of the place: the last of the representative ones.
        channels: of each of these layers, in the story and at the place.
        connections: of each sign.
        steps: of each ascent; the default recipes' if None.
    """

    units: int = 8
    classes: Sequence[str] = CLASSES
    methods: Sequence[str] = METHODS
    late: int = 3
    channels: tuple[int, int] = (4, 5)
    connections: int = 5
    steps: int | None = None


@dataclass(frozen=True)
class Tour(Brief):
    """The network, the photos, the seed and the extent of a tour."""

    network: Network
    photos: Sequence[Path | Photo]
    seed: int
    extent: Extent = Extent()

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of each ascent."""
        steps = self.extent.steps
        return {"seed": self.seed, **({} if steps is None else {"steps": steps})}

    def drawn(self, layer: str) -> list[str]:
        """Return units of a layer that are drawn at random, not chosen by how they look."""
        channels = draw_channels(self.network.layers[layer], self.extent.units, self.seed)
        return [f"{quoted(layer)}:{channel}" for channel in channels]


def drawn(name: str, figure: "Figure", info: dict[str, str], caption: str) -> Shown:
    """Return a figure for the page, as wide as the page."""
    return Shown(name, drawing.to_png(figure, DPI, info), caption, width=WIDE)
