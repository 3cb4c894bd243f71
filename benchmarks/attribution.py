"""What each way to explain a photo costs: python -m benchmarks.attribution

For VGG16 with random weights, which cost what trained ones do: --model vgg16 --weights random
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from convscope.attribution import METHODS, attribute
from convscope.attribution.decision import Decision
from convscope.errors import InputError
from convscope.models.loading import load
from convscope.tour.verb import PHOTOS


def main() -> None:
    """Explain one photo in every way, and print the seconds, one line a method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="vgg16-tiny")
    parser.add_argument("--weights")
    parser.add_argument("--preprocessing")
    parser.add_argument("--photo", default=PHOTOS[0])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    given = parser.parse_args()
    network = load(given.model, weights=given.weights, preprocessing=given.preprocessing)
    print(f"{network.name}, {network.size[0]}x{network.size[1]}, default settings")
    print(f"{'method':26}{'first':>8}{'again':>8}{'pictures':>10}  passes")
    for method in given.methods:
        network.programs.clear()
        try:
            first, _ = timed(network, given.photo, method)
            again, count = timed(network, given.photo, method)
        except InputError as error:  # of this network
            print(f"{method:26}{error}")
            continue
        print(f"{method:26}{first:7.1f}s{again:7.1f}s{count:10}  {METHODS[method].passes}")


def timed(network: Any, photo: Any, method: str) -> tuple[float, int]:
    """Seconds to explain a photo, and how many pictures ran through the network for it."""
    began = time.perf_counter()
    with counting() as counts:
        attribute(network, photo, method=method)
    return time.perf_counter() - began, sum(counts)


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count the pictures that decisions run, meanwhile."""
    counts: list[int] = []
    original = Decision.run

    def run(self: Decision, kind: Any, make: Any, pictures: Iterable[Any], *more: Any, **how: Any):
        def counted() -> Iterator[Any]:
            for picture in pictures:
                counts.append(1)
                yield picture

        return original(self, kind, make, counted(), *more, **how)

    Decision.run = run  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Decision.run = original  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
