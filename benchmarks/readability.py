"""Does a network that never saw them name the pictures of classes? python -m benchmarks.readability

A stranger to a network cannot know its tricks: what it names can be seen.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convscope import images
from convscope.maximization.maximize import gallery
from convscope.maximization.recipe import Recipe
from convscope.networks.loading.load import load
from convscope.networks.network import Network

# Where two lists give a class different names of one WordNet synset: ours, then ImageNet's. The
# flowers sunflower and rose are no classes of ImageNet, so no network of its 1000 can name them.
SYNONYMS = {
    "T-shirt": "jersey",  # n03595614: jersey, T-shirt, tee shirt
}

FEW = 5


def matching(label: str, others: Sequence[str]) -> tuple[int, ...]:
    """Return the places of a label among others: all of that name, or none.

    By its exact name, else whatever its capitals: Cardigan is a dog, cardigan is worn. Two
    classes of one name, as crane in ImageNet, are both right.
    """
    name = SYNONYMS.get(label, label)
    exact = tuple(place for place, other in enumerate(others) if other == name)
    name = name.casefold()
    return exact or tuple(place for place, other in enumerate(others) if other.casefold() == name)


@dataclass(frozen=True)
class Readability:
    """The rank that a stranger gives each class in its picture, 0 first; by label."""

    ranks: dict[str, int]
    unknown: tuple[str, ...]  # labels that the stranger has no class for

    def within(self, count: int) -> float:
        """The share of comparable classes among the stranger's first answers, so many."""
        return float(np.mean([rank < count for rank in self.ranks.values()]))

    def __str__(self) -> str:
        left = f", without {', '.join(self.unknown)}" if self.unknown else ""
        return (
            f"{len(self.ranks)} comparable classes{left}: {self.within(1):.1%} named first, "
            f"{self.within(FEW):.1%} in {FEW}"
        )


def ranked(labels: Sequence[str], opinions: np.ndarray, others: Sequence[str]) -> Readability:
    """Compare labels with a stranger's opinions, (pictures, its classes), by its own labels."""
    ranks, unknown = {}, []
    for label, opinion in zip(labels, opinions, strict=True):
        if places := matching(label, others):
            ranks[label] = int((opinion > max(opinion[place] for place in places)).sum())
        else:
            unknown.append(label)
    return Readability(ranks, tuple(unknown))


def opinions(stranger: Network, paths: Sequence[Path], batch: int = 50) -> np.ndarray:
    """Show saved pictures to the stranger, enlarged to its own size: (pictures, classes)."""
    told = []
    for start in range(0, len(paths), batch):
        read = [images.read(path) for path in paths[start : start + batch]]
        large = np.stack([images.resize(each, stranger.size) for each in read])
        told.append(stranger.probabilities(large))
    return np.concatenate(told)


def main() -> None:
    """Make every class's picture, save it, and ask the stranger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="vgg16-tiny")
    parser.add_argument("--weights", type=Path, help="other ones for it")
    parser.add_argument("--labels", help="of the model, if it does not bring its own")
    parser.add_argument("--stranger", required=True, metavar="FILE.keras")
    parser.add_argument("--stranger-labels", required=True, metavar="FILE.txt")
    parser.add_argument("--stranger-preprocessing", default="BGR, 0..255, minus (104, 117, 123)")
    parser.add_argument("--units", nargs="+", default=["predictions:*"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe", type=Path, help="as JSON; the default one if not given")
    parser.add_argument("--out", type=Path, help="a folder to keep the pictures in")
    given = parser.parse_args()
    network = load(given.model, weights=given.weights, labels=given.labels)
    stranger = load(
        given.stranger,
        preprocessing=given.stranger_preprocessing,
        labels=given.stranger_labels,
    )
    recipe = Recipe.load(given.recipe) if given.recipe else Recipe()
    began = time.perf_counter()
    made = gallery(network, *given.units, recipe=recipe, seed=given.seed)
    painted = time.perf_counter() - began
    names = [network.label(result.unit.channel) for result in made]
    others = [stranger.label(place) for place in range(stranger.head.channels)]
    with tempfile.TemporaryDirectory() as folder:
        found = ranked(names, opinions(stranger, made.save(given.out or folder)), others)
    for label, rank in sorted(found.ranks.items(), key=lambda pair: pair[1]):
        if rank < FEW:
            print(f"{rank + 1} {label}")
    print(f"{network.name}, seed {given.seed}: {found}; painted in {painted:.0f} s")


if __name__ == "__main__":
    main()
