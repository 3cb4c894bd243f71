"""The same units of several networks, a row each: python -m training.rows NETWORK... --out PNG"""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from convscope import drawing
from convscope.errors import ConvscopeError, InputError
from convscope.maximization.maximize import gallery
from convscope.maximization.result import Gallery
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COUNT = 12


def draw(network: Network, count: int, seed: int) -> list[str]:
    """Draw channels of all convolutions, each as likely as any other; in the network's order."""
    every = [
        f"{info.address}:{channel}"
        for info in network.layers.values()
        if "Conv" in info.kind
        for channel in range(info.channels)
    ]
    chance = np.random.default_rng(seed)
    return [every[place] for place in sorted(chance.choice(len(every), count, replace=False))]


def opened(text: str) -> Network:
    """Load an embedded network by its name, or NAME=FILE.npz: other weights under a name."""
    name, equals, file = text.partition("=")
    if equals:
        return load(EMBEDDED, weights=file, name=name)
    if name not in NETWORKS:
        raise InputError(
            f"Expected {', '.join(NETWORKS)} or NAME=FILE.npz. Received: {text!r}. "
            "Try: mine=vgg16_tiny.npz."
        )
    return load(name)


def told(text: str) -> str:
    """A network as it was named, without the folder of its file: where that lies is nobody's."""
    name, equals, file = text.partition("=")
    return f"{name}{equals}{Path(file).name}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Maximize the same units of every network, from the same numbers, and draw them in rows."""
    parser = argparse.ArgumentParser(prog="python -m training.rows", description=__doc__)
    parser.add_argument("networks", nargs="+", metavar="NETWORK", help="a name, or NAME=FILE.npz")
    parser.add_argument("--units", nargs="+", help=f"these; otherwise {COUNT} channels at random")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=0, help="of the choice and of the pictures")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    given = parser.parse_args(arguments)
    try:
        networks = [opened(text) for text in given.networks]
        units = given.units or draw(networks[0], given.count, given.seed)
        rows = [(each.name, gallery(each, *units, seed=given.seed)) for each in networks]
        info = {"networks": shlex.join(map(told, given.networks)), "units": shlex.join(units)}
        print(drawing.save(side_by_side(rows), given.out, info | {"seed": str(given.seed)}))
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")
    print(f"seed {given.seed}: {shlex.join(units)}")


def side_by_side(rows: Sequence[tuple[str, Gallery]]) -> "Figure":
    """A row a network, a column a unit."""
    made = [(name, result) for name, row in rows for result in row]
    return drawing.sheet(
        [result.shown() for _, result in made],
        [result.label for _, result in made],
        [
            name if result.standing is None else f"{name}, reach {result.standing.reach:.2f}"
            for name, result in made
        ],
        columns=len(rows[0][1]),
    )


if __name__ == "__main__":
    main()
