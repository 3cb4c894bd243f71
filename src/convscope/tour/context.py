"""What a tour is made of: a network, photos, and chance."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from convscope import drawing
from convscope.brief import Brief
from convscope.images import Photo
from convscope.networks.network import Network
from convscope.networks.units import quoted
from convscope.tour.page import WIDE, Shown

if TYPE_CHECKING:
    from convscope.drawing import Figure

UNITS_A_LAYER = 8
DPI = 120  # of figures on the page, so that all of it stays below a dozen megabytes

Tell = Callable[[float], None]  # how much of the chapter is done, from 0 to 1


@dataclass(frozen=True)
class Tour(Brief):
    """What the chapters are made of."""

    network: Network
    photos: Sequence[Path | Photo]
    seed: int

    def drawn(self, layer: str) -> list[str]:
        """Units of a layer drawn at random, never picked."""
        channels = self.network.layers[layer].channels
        chance = np.random.default_rng([self.seed, zlib.crc32(layer.encode())])
        some = chance.choice(channels, min(UNITS_A_LAYER, channels), replace=False)
        return [f"{quoted(layer)}:{channel}" for channel in sorted(some)]


def drawn(name: str, figure: "Figure", info: dict[str, str], caption: str) -> Shown:
    """A figure, as wide as the page."""
    return Shown(name, drawing.to_png(figure, DPI, info), caption, width=WIDE)


def parted(begin: float, end: float, tell: Tell) -> Callable[[str, float | None], None]:
    """Tell the share of a view as a share of the chapter, never going back.

    A view does several things in turn and tells of each from 0 to 1; each gets half of what is
    left.
    """
    low, last, most = begin, 0.0, begin

    def told(what: str, share: float | None) -> None:
        nonlocal low, last, most
        share = share or 0.0
        if share < last / 2:
            low += (end - low) / 2
        last = share
        most = max(most, low + share * (end - low) / 2)
        tell(most)

    return told
