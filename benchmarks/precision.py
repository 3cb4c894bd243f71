"""Are pictures made in bfloat16 as good as in float32? python -m benchmarks.precision

The same units from the same seed in both, paired: reach, and selectivity (the unit's standard score
within its layer, and whether it is the first of it). What is judged is computed in float32.
"""

import argparse
import time

import numpy as np

from benchmarks.seeds import drawn
from convscope.cards.findings.selectivity import place, standardised
from convscope.maximization.maximize import gallery
from convscope.maximization.result import Gallery
from convscope.networks.loading.load import load
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap

PAIR = ("float32", "bfloat16")


def main() -> None:
    """Make pictures in both, and print the paired differences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    network = load()
    units = drawn(network, given.units, given.seed)
    reach, z, first = {}, {}, {}
    for precision in PAIR:
        began = time.perf_counter()
        made = gallery(network, *units, seed=given.seed, precision=precision)
        seconds = time.perf_counter() - began
        reach[precision] = np.array([result.standing.reach for result in made])
        z[precision], first[precision] = selectivities(network, made)
        print(
            f"{precision}: median reach {np.median(reach[precision]):.3f}, median z "
            f"{np.median(z[precision]):.2f}, first of its layer {first[precision].mean():.1%}, "
            f"contrast {np.mean([result.contrast for result in made]):.3f}, {seconds:.0f} s"
        )
    print(f"reach, bfloat16 less float32: {paired(reach)}")
    print(f"z, bfloat16 less float32: {paired(z)}")


def selectivities(network: Network, made: Gallery) -> tuple[np.ndarray, np.ndarray]:
    """Each unit's standard score in its layer, and whether it is the highest there."""
    scores, first = [], []
    for result in made:
        unit = result.unit
        arrays = network.natural.arrays
        mean, deviation = (arrays[f"{unit.layer}/channel/{n}"] for n in ("mean", "deviation"))
        tap = Tap(unit.layer)
        captured = network.activations(result.picture[None], [tap])[tap][0]
        responses = captured.reshape(-1, captured.shape[-1]).mean(0)
        standard = standardised(responses, mean, deviation)
        scores.append(standard[unit.channel])
        first.append(place(standard, unit.channel)[0] == 1)
    return np.array(scores), np.array(first)


def paired(values: dict[str, np.ndarray]) -> str:
    """The mean difference with its standard error, and how often bfloat16 is ahead."""
    apart = values[PAIR[1]] - values[PAIR[0]]
    error = apart.std(ddof=1) / np.sqrt(len(apart))
    return f"{apart.mean():+.3f} +- {error:.3f}, ahead for {np.mean(apart > 0):.0%}"


if __name__ == "__main__":
    main()
