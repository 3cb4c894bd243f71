"""The choice of a few layers that represent a network from its first to its last block."""

from collections.abc import Sequence
from itertools import pairwise

from convscope.activation.layers import evenly_spread, resolve_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network

FEWEST, MOST = 5, 7  # layers, where the network has so many


def representative_layers(
    network: Network, names: str | Sequence[str] | None = None
) -> list[LayerInfo]:
    """Return the layers with some names; without names, the last convolution at each resolution.

    In a VGG these are the last of each block. If they are few, more are taken from the middle of
    the longest gaps between them; if they are many, some at even distances.
    """
    if names is not None:
        return resolve_layers(network, names)
    every = resolve_layers(network, None)
    # The later of two convolutions at one resolution takes the place of the earlier.
    places = sorted({_resolution(info): place for place, info in enumerate(every)}.values())
    while len(places) < min(FEWEST, len(every)):
        stretch, end = max((after - before, after) for before, after in pairwise([-1, *places]))
        places = sorted({*places, end - max(1, stretch // 2)})
    return resolve_layers(network, evenly_spread([every[place].address for place in places], MOST))


def _resolution(info: LayerInfo) -> object:
    """Return a key that is equal for layers with the same stride, or the same size of maps."""
    return info.stride if info.stride is not None else info.shape[:2]
