"""The record of one connection."""

from dataclasses import dataclass

import numpy as np

from convscope.brief import Brief
from convscope.images import Picture
from convscope.networks.units import Unit


@dataclass(frozen=True, eq=False)
class Connection(Brief):
    """How one unit of the layer before counts.

    Args:
        unit: that unit; None in a first layer, where the inputs are colours.
        name: its address, or the colour.
        kernel: (rows, columns), the weights of its map, including batch norms in between.
        usual: how strongly it usually fires: the mean over natural pictures of its response,
            negative values taken as 0; None without statistics.
        strength: the length of the kernel (the root of its summed squares), with the sign of its
            sum, times ``usual`` if that is known for every unit of the layer.
        picture: what it looks for; a colour is shown as it is.
    """

    unit: Unit | None
    name: str
    kernel: np.ndarray
    usual: float | None
    strength: float
    picture: Picture | None = None
