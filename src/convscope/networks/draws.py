"""The random choice of channels of a layer."""

import zlib

import numpy as np

from convscope.networks.layers import LayerInfo


def draw_channels(layer: LayerInfo, count: int, seed: int) -> list[int]:
    """Return random channels of a layer, in rising order; the same for the same seed.

    Args:
        layer: one of a network's.
        count: how many; all, if the layer has fewer.
        seed: decides which.
    """
    return draw(layer.address, layer.channels, count, seed)


def draw(layer: str, units: int, count: int, seed: int) -> list[int]:
    """Return random places in a list of a layer's units, in rising order.

    Args:
        layer: its address.
        units: how many there are.
        count: how many are drawn; all, if there are fewer.
        seed: decides which.
    """
    chance = np.random.default_rng([seed, zlib.crc32(layer.encode())])
    some = chance.choice(units, min(count, units), replace=False)
    return sorted(int(place) for place in some)
