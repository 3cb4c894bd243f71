"""Channels of a layer, drawn at random."""

import zlib

import numpy as np

from convscope.networks.layers import LayerInfo


def draw_channels(layer: LayerInfo, count: int, seed: int) -> list[int]:
    """Return channels of a layer, drawn at random, rising; the same for the same seed.

    Args:
        layer: one of a network's.
        count: how many; all, if the layer has fewer.
        seed: decides which.
    """
    draw = np.random.default_rng([seed, zlib.crc32(layer.address.encode())])
    some = draw.choice(layer.channels, min(count, layer.channels), replace=False)
    return sorted(int(channel) for channel in some)
