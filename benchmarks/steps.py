"""What a default picture takes, in seconds and memory: python -m benchmarks.steps [vgg16]

Each network runs in a process of its own, so that its peak memory is its own.
"""

import resource
import subprocess
import sys
import time

NETWORKS = {
    "vgg16-tiny": ({}, "block5_conv3:17"),
    "vgg16": ({"weights": "random"}, "block5_conv3:17"),
}


def measure(name: str) -> None:
    """Make one picture twice: with and without the compilation."""
    from convscope.maximization.maximize import maximize
    from convscope.networks.loading.load import load

    settings, unit = NETWORKS[name]
    began = time.perf_counter()
    network = load(name, **settings)
    loaded = time.perf_counter()
    made = maximize(network, unit)
    first = time.perf_counter()
    maximize(network, unit, seed=1)
    second = time.perf_counter()
    side = made.picture.shape[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{network.name}, {unit}, {side} px, {made.recipe.steps} steps: first picture "
        f"{first - loaded:.1f} s, next {second - first:.1f} s; loading {loaded - began:.1f} s; "
        f"peak memory {peak:.2f} GiB"
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(sys.argv[1])
    else:
        for network in NETWORKS:
            subprocess.run([sys.executable, "-m", "benchmarks.steps", network], check=True)
