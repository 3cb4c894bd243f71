"""Do pictures of channels exceed every natural picture? python -m benchmarks.beyond"""

import argparse

import numpy as np

from convscope.maximization.maximize import gallery
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import EMBEDDED


def main() -> None:
    """Draw channels from every convolution, make their pictures, and say where they stand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=EMBEDDED, choices=NETWORKS)
    parser.add_argument("--channels", type=int, default=10, help="drawn from each convolution")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    network = load(given.model)
    chance = np.random.default_rng(given.seed)
    alive, beyond = 0, 0
    for info in network.layers.values():
        if "Conv" not in info.kind:
            continue
        drawn = sorted(chance.choice(info.channels, given.channels, replace=False))
        made = gallery(network, *(f"{info.address}:{c}" for c in drawn), seed=given.seed)
        standings = {result.label: result.standing for result in made if result.standing}
        counted = {label: s for label, s in standings.items() if not s.silent}
        short = [f"{label} {s.reach:.2f}" for label, s in counted.items() if s.reach <= 1]
        alive, beyond = alive + len(counted), beyond + len(counted) - len(short)
        median = np.median([s.reach for s in standings.values()])
        contrast = np.mean([result.contrast for result in made])
        print(
            f"{info.address}: {len(counted) - len(short)} of {len(counted)} beyond all natural "
            f"pictures, median reach {median:.2f}, mean contrast {contrast:.2f}"
            + (f"; short of it: {', '.join(short)}" if short else "")
        )
    print(f"in all: {beyond} of {alive} that are not silent, {beyond / alive:.1%}")


if __name__ == "__main__":
    main()
