"""What each way to explain a photo costs: python -m benchmarks.attribution

For VGG16 with random weights, which cost what trained ones do: --model vgg16 --weights random.
With ``--out`` a table is written too, and what ``--work`` has of the same network is not timed
again: slow methods can be timed in several runs, by ``--methods``.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.report import table
from convscope import files
from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.attribution.methods.table import METHODS
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError
from convscope.networks.loading.load import load

HEAD = ("Method", "first, s", "again, s", "pictures", "ms a picture", "passes")


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
    parser.add_argument("--work", type=Path, default=Path("build/attribution.json"))
    parser.add_argument("--out", type=Path, help="a table of all that is known of the network")
    given = parser.parse_args()
    network = load(given.model, weights=given.weights, preprocessing=given.preprocessing)
    name = f"{network.name}, {network.size[0]}x{network.size[1]}"
    kept = json.loads(given.work.read_text()) if given.out and given.work.exists() else {}
    known = kept.setdefault(name, {})
    print(f"{name}, default settings")
    print(f"{'method':26}{'first':>8}{'again':>8}{'pictures':>10}  passes")
    for method in given.methods:
        if method not in known:
            known[method] = timed(network, given.photo, method)
            if given.out:
                given.work.parent.mkdir(parents=True, exist_ok=True)
                files.put_json(given.work, kept)
        print(line(method, known[method]), flush=True)
    if given.out:
        files.put_text(given.out, markdown(name, known))


def timed(network: Any, photo: Any, method: str) -> dict[str, Any]:
    """Seconds to explain a photo, compilation included and without, and how many pictures ran.

    Of a method that the network does not allow: why.
    """
    network.programs.clear()
    found: dict[str, Any] = {}
    try:
        for which in ("first", "again"):
            began = time.perf_counter()
            with counting() as counts:
                attribute(network, photo, method=method)
            found[which] = time.perf_counter() - began
    except InputError as error:
        return {"why": str(error)}
    return {**found, "pictures": sum(counts)}


def line(method: str, found: Mapping[str, Any]) -> str:
    """What is printed of a method."""
    if "why" in found:
        return f"{method:26}{found['why']}"
    first, again, pictures = found["first"], found["again"], found["pictures"]
    return f"{method:26}{first:7.1f}s{again:7.1f}s{pictures:10}  {METHODS[method].passes}"


def markdown(name: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """The table of all methods that were timed."""
    lines = []
    for method in (each for each in METHODS if each in known):
        found = known[method]
        if "why" in found:
            lines.append([method, found["why"], *[""] * 4])
            continue
        rate_scale = 1000 * found["again"] / found["pictures"]
        seconds = [f"{found[which]:.2f}" for which in ("first", "again")]
        cells = [*seconds, f"{found['pictures']:,}", f"{rate_scale:.0f}", METHODS[method].passes]
        lines.append([method, *cells])
    return "\n".join(
        [
            "# What each way to explain a photo costs",
            "",
            f"Made by `python -m benchmarks.attribution`: {name}, one photo, default settings, on "
            f"{threads()} of {platform.machine()}. *First* includes the compilation of the "
            "program, *again* does not; both are of the whole call, from the photo's file to the "
            "map. *Pictures* are those that run through a compiled program, the photo for its own "
            "score among them; a gradient goes there and back. A CAM that takes no slopes looks at "
            "its layer in one pass more.",
            "",
            *table(HEAD, lines),
            "",
        ]
    )


def threads() -> str:
    """How many cores this process may use, in words."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{count} core" if count == 1 else f"{count} cores"


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count the pictures that decisions run, meanwhile."""
    counts: list[int] = []
    original = Explanation.run

    def run(
        self: Explanation, kind: Any, make: Any, pictures: Iterable[Any], *more: Any, **how: Any
    ):
        def counted() -> Iterator[Any]:
            for picture in pictures:
                counts.append(1)
                yield picture

        return original(self, kind, make, counted(), *more, **how)

    Explanation.run = run  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Explanation.run = original  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
