"""The measurement of all units' responses to natural pictures."""

from collections.abc import Iterable

import numpy as np

from convscope.networks.natural_statistics import Statistics, summary
from convscope.networks.neighbours import neighbours
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.tokens import token_name


def measure(network: Network, batches: Iterable[np.ndarray]) -> Statistics:
    """Return statistics of every unit's responses to batches of pictures.

    Args:
        network: the network.
        batches: pictures (n, height, width, channels) in [0, 1].
    """
    layers = [info for info in network.layers.values() if info.channels]
    tokens = [(info, number) for info in layers for number in range(info.prefix or 0)]
    taps = [Tap(info.address) for info in layers]
    taps += [Tap(info.address, token=number) for info, number in tokens]
    collected: dict[str, list[np.ndarray]] = {}

    def keep(name: str, values: np.ndarray) -> None:
        collected.setdefault(name, []).append(values.astype("float32"))

    for batch in batches:
        seen = network.activations(batch, taps)
        for info in layers:
            values = seen[Tap(info.address)]
            space = tuple(range(1, values.ndim - 1))
            keep(f"{info.address}/channel", values.mean(space) if space else values)
            keep(f"{info.address}/highest", values.max(space) if space else values)
            if info.is_map:
                middle = values[:, values.shape[1] // 2, values.shape[2] // 2]
                keep(f"{info.address}/neuron", middle)
        for info, number in tokens:
            values = seen[Tap(info.address, token=number)]
            keep(f"{info.address}/{token_name(number)}", values)
    arrays: dict[str, np.ndarray] = {}
    count = 0
    for name, parts in collected.items():
        values = np.concatenate(parts)
        count = len(values)
        if name.endswith("/highest"):
            address = name.removesuffix("/highest")
            arrays[f"{address}/excited"] = (values > 0).mean(0).astype("float32")
            continue
        arrays |= {f"{name}/{part}": found for part, found in summary(values).items()}
        if name.endswith("/channel"):
            address = name.removesuffix("/channel")
            alike = neighbours(values)
            arrays |= {f"{address}/{part}": found for part, found in alike.items()}
    return Statistics(network.digest, count, arrays)
