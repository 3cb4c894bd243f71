"""Which units are compared: drawn beforehand, by a seed."""

from collections.abc import Mapping

import numpy as np


def draw(channels: Mapping[str, int], count: int, seed: int) -> list[str]:
    """Draw unit addresses, as many from each layer as can be; fewer are the first of more.

    Args:
        channels: how many channels each layer has.
        count: how many units.

    Example:
        >>> draw({"first": 64, "second": 128}, 3, seed=0)
        ['first:4', 'second:51', 'first:21']
    """
    chance = np.random.default_rng(seed)
    layers = [str(layer) for layer in chance.permutation(sorted(channels))]
    orders = {layer: chance.permutation(channels[layer]) for layer in layers}
    found: list[str] = []
    for turn in range(max(channels.values())):
        found += [f"{layer}:{orders[layer][turn]}" for layer in layers if turn < channels[layer]]
        if len(found) >= count:
            break
    return found[:count]


def rotated(tools: list[str], turn: int) -> list[str]:
    """The order of a turn: each tool is first as often as any other.

    Example:
        >>> rotated(["a", "b", "c"], 1)
        ['b', 'c', 'a']
    """
    turn %= len(tools)
    return tools[turn:] + tools[:turn]
