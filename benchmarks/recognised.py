"""Does a network name the pictures made of its classes? python -m benchmarks.recognised"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from convscope import images
from convscope.maximization.maximize import gallery
from convscope.maximization.recipe import Recipe
from convscope.networks.loading.load import load


def main() -> None:
    """Make every class's picture, save it, read it again, and ask the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="vgg16-tiny")
    parser.add_argument("--preprocessing")
    parser.add_argument("--labels")
    parser.add_argument("--units", nargs="+", default=["predictions:*"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe", type=Path, help="as JSON; the default one if not given")
    parser.add_argument("--out", type=Path, help="a folder to keep the pictures in")
    given = parser.parse_args()
    network = load(given.model, preprocessing=given.preprocessing, labels=given.labels)
    recipe = Recipe.load(given.recipe) if given.recipe else Recipe()
    began = time.perf_counter()
    made = gallery(network, *given.units, recipe=recipe, seed=given.seed)
    with tempfile.TemporaryDirectory() as folder:
        read = np.stack([images.read(path) for path in made.save(given.out or folder)])
    seconds = time.perf_counter() - began
    opinions = network.probabilities(read)
    ranks = [
        int((opinion > opinion[result.unit.channel]).sum())
        for opinion, result in zip(opinions, made, strict=True)
    ]
    for result, opinion, rank in zip(made, opinions, ranks, strict=True):
        if rank:
            _, label, share = network.top(opinion, 1)[0]
            print(f"{result.label} is taken for {label} ({share:.0%}), itself at rank {rank + 1}")
    first = np.mean(np.array(ranks) == 0)
    sure = np.mean([opinion[r.unit.channel] for opinion, r in zip(opinions, made, strict=True)])
    print(
        f"{len(made)} classes, seed {given.seed}: {first:.1%} named first, mean probability "
        f"{sure:.2f}; {seconds:.0f} s in all, {seconds / len(made):.2f} s a picture"
    )


if __name__ == "__main__":
    main()
