"""Are pictures as good on every backend? python -m benchmarks.backends

The same units from the same seed on each backend, in float32: reach, and the unit's standard score
within its layer. Beside the paired differences between backends: that between two seeds on the
first of them, which is the noise they are to be judged by.
"""

import argparse
import json
import os
import subprocess
import sys

import numpy as np

from benchmarks.precision import selectivities
from convscope.backend import BACKENDS
from convscope.maximization.maximize import gallery
from convscope.networks.loading.load import load

LAYERS = ("block2_conv2", "block4_conv3", "block5_conv3", "predictions")
NAMES = ("reach", "z")
ONE = "--one"  # what a process of one backend is told


def main() -> None:
    """Make pictures on each backend, in a process of its own, and print the paired differences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=10, help="of each of four layers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--backends", nargs="+", default=list(BACKENDS), choices=list(BACKENDS))
    parser.add_argument(ONE, action="store_true", help="measure on this process's own backend")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.units, given.seed)))
        return
    first, *others = given.backends
    usual = measure_on(first, given.units, given.seed)
    told(first, usual)
    for name in others:
        found = measure_on(name, given.units, given.seed)
        told(name, found)
        print(f"{name} less {first}: {apart(found, usual)}")
    again = measure_on(first, given.units, given.seed + 1)
    print(f"another seed less the first, on {first}: {apart(again, usual)}")


def measured(count: int, seed: int) -> dict[str, list[float]]:
    """Reach and standard score of units drawn from each layer, on the backend at hand."""
    network = load()
    draw = np.random.default_rng(seed // 2)  # the same units for a seed and the next one
    units = [
        f"{layer}:{channel}"
        for layer in LAYERS
        for channel in draw.choice(network.layer(layer).channels, count, replace=False)
    ]
    made = gallery(network, *units, seed=seed, precision="float32")
    z, _ = selectivities(network, made)
    return {"reach": [result.standing.reach for result in made], "z": z.tolist()}


def measure_on(backend: str, count: int, seed: int) -> dict[str, np.ndarray]:
    """``measured``, in a process whose Keras runs on that backend."""
    command = [sys.executable, "-m", "benchmarks.backends", ONE]
    words = ["--units", str(count), "--seed", str(seed)]
    ran = subprocess.run(
        [*command, *words],
        env={**os.environ, "KERAS_BACKEND": backend},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return {name: np.array(values) for name, values in json.loads(ran.stdout).items()}


def told(name: str, found: dict[str, np.ndarray]) -> None:
    """Print the means."""
    print(f"{name}: " + ", ".join(f"mean {each} {found[each].mean():.3f}" for each in NAMES))


def apart(some: dict[str, np.ndarray], usual: dict[str, np.ndarray]) -> str:
    """The mean paired differences with their standard errors, and their spread."""
    parts = []
    for name in NAMES:
        away = some[name] - usual[name]
        error = away.std(ddof=1) / np.sqrt(len(away))
        parts.append(f"{name} {away.mean():+.3f} +- {error:.3f}, sd {away.std(ddof=1):.3f}")
    return "; ".join(parts)


if __name__ == "__main__":
    main()
