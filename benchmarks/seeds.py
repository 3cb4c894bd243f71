"""Do pictures of one unit from several seeds look alike to a second network?

python -m benchmarks.seeds --second mine.keras --second-preprocessing zero-to-one
"""

import argparse
import time

import numpy as np

from convscope.cards.findings.seeds import chance, features, late, nearest
from convscope.maximization.maximize import gallery
from convscope.networks.loading.load import load
from convscope.networks.network import Network
from convscope.networks.photo import to_input
from convscope.networks.preprocessing import Preprocessing


def main() -> None:
    """Draw units, make each from several seeds, and ask whose neighbour each picture is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--second", required=True, metavar="NAME|FILE")
    parser.add_argument("--second-preprocessing", metavar="NAME")
    parser.add_argument(
        "--second-mean", type=float, nargs=3, metavar="X", help="instead: BGR on 0..255, less this"
    )
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="draws the units; the first seed")
    given = parser.parse_args()
    feed: str | Preprocessing | None = given.second_preprocessing
    if given.second_mean:
        feed = Preprocessing(scale=255.0, mean=tuple(given.second_mean), bgr=True)
    network, second = load(), load(given.second, preprocessing=feed)
    units = drawn(network, given.units, given.seed)
    began = time.perf_counter()
    made = gallery(network, *units, count=given.seeds, seed=given.seed)
    seconds = time.perf_counter() - began
    owners = np.repeat(np.arange(len(units)), given.seeds)
    info = late(second)
    if info is None:
        parser.error(f"{second.name} has no layer of features")
    seen = features(second, info, np.stack([to_input(second, result.picture) for result in made]))
    same = owners[nearest(seen)] == owners
    layers = np.array([unit.partition(":")[0] for unit in units])[owners]
    for layer in dict.fromkeys(layers):
        own = same[layers == layer]
        print(f"{layer}: {own.mean():.0%} of {len(own)} pictures")
    print(
        f"in all: {same.mean():.1%} of {len(made)} pictures of {len(units)} units have one of the "
        f"same unit as nearest neighbour in {second.name}'s {info.address}; chance "
        f"{chance(owners):.1%}; {seconds:.0f} s"
    )


def drawn(network: Network, count: int, seed: int) -> list[str]:
    """Units drawn at random over all convolutions and classes, in the layers' order."""
    layers = [info for info in network.layers.values() if "Conv" in info.kind]
    layers += [network.head] if network.head else []
    every = [f"{info.address}:{channel}" for info in layers for channel in range(info.channels)]
    places = np.random.default_rng(seed).choice(len(every), count, replace=False)
    return [every[place] for place in sorted(places)]


if __name__ == "__main__":
    main()
