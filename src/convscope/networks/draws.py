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
    draw = np.random.default_rng([seed, zlib.crc32(layer.address.encode())])
    some = draw.choice(layer.channels, min(count, layer.channels), replace=False)
    return sorted(int(channel) for channel in some)
