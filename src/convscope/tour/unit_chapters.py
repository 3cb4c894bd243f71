"""Chapters of pictures that were climbed: units, classes, and films of the climb."""

import tempfile
from pathlib import Path

import numpy as np

from convscope import images
from convscope.films.animate import animate
from convscope.images import Photo
from convscope.maximization.maximize import gallery
from convscope.maximization.result import Maximized
from convscope.maximization.task import stem
from convscope.tour.context import Tell, Tour
from convscope.tour.page import Chapter, Row, Shown

CLASSES = (
    "bee",
    "sports car",
    "school bus",
    "king penguin",
    "monarch",
    "espresso",
    "teapot",
    "lemon",
)
GOALS = ("bee", "sports car")


def edges_to_objects(tour: Tour, tell: Tell) -> Chapter:
    """Every layer by the pictures of units drawn at random."""
    layers = [info for info in tour.network.layers.values() if "Conv" in info.kind]
    rows = []
    for done, info in enumerate(layers):
        tell(done / len(layers))
        made = gallery(tour.network, *tour.drawn(info.address), seed=tour.seed)
        seen = info.receptive_field
        heading = f"{info.address}: {info.channels} channels, each neuron sees {seen}x{seen} pixels"
        rows.append(Row(heading, [with_reach(result) for result in made]))
    return Chapter(
        "From edges to objects",
        """A convolutional network is a stack of layers, and each layer is a set of channels: small
        pattern detectors that slide over the whole picture. What pattern does a channel detect?
        We can ask the network itself. Start from grey noise, ask which small change of the
        picture would excite the channel more, make that change, and repeat a hundred times. This
        is called activation maximization.

        Read from top to bottom. The first block wants plain colours and edges, the second
        stripes and grids, the third textures such as scales, fur or basketwork; from the fourth
        on there are eyes, wheels, heads and flowers. Nobody told the network about any of these.
        The channels below were drawn at random, not picked for their beauty.

        Under each picture stands its reach: 0 is what a middling natural picture does to the
        channel, 1 is what the most exciting one of 10,000 does. Above 1, the picture excites the
        channel more than all of them. A high reach shows an extreme, not what the channel meets
        every day.""",
        rows,
    )


def classes(tour: Tour, tell: Tell) -> Chapter:
    """What the network takes for the essence of some everyday things."""
    named = tour.network.labels or ()
    made = gallery(
        tour.network, *(f"predictions:{c}" for c in CLASSES if c in named), seed=tour.seed
    )
    opinions = tour.network.probabilities(np.stack([result.picture for result in made]))
    shown = []
    for result, opinion in zip(made, opinions, strict=True):
        _, label, share = tour.network.top(opinion, 1)[0]
        shown.append(with_reach(result, f"the network: {label}, {share:.0%}"))
    return Chapter(
        "What it takes a bee to be",
        """The last layer has one unit a class, and it can be asked the same question. The answer is
        not a photograph of a bee: it is everything that, to this network, speaks for a bee and
        against the 199 other classes. Often that includes what is usually around the thing, such
        as flowers around a bee. Under each picture stands what the network says when it is shown
        that picture.""",
        [Row("", shown)],
    )


def films(tour: Tour, tell: Tell) -> Chapter:
    """From noise and from a photo towards a bee and a sports car."""
    starts: list[Path | Photo | None] = [None, *tour.photos[:1]]
    rows = []
    for place, goal in enumerate(GOALS):
        shown = []
        for number, start in enumerate(starts):
            tell((place * len(starts) + number) / (len(GOALS) * len(starts)))
            film = animate(tour.network, f"predictions:{goal}", start=start, seed=tour.seed)
            name = f"{goal}-from-{start.stem if start else 'noise'}.webp".replace(" ", "-")
            with tempfile.TemporaryDirectory() as folder:
                data = film.save(Path(folder) / name).read_bytes()
            origin = f"the photo {start.name}" if start else "noise"
            shown.append(Shown(name, data, f"from {origin} towards {goal}", width=520))
        rows.append(Row(goal, shown))
    return Chapter(
        "The network changes its mind",
        """Here is the climb as a film, with the network's opinion beside every frame. From noise,
        the class becomes certain long before we would see anything. From a photo, the change is
        kept so small that the photo is still there for us, and yet the network comes to see
        something else. Watch which parts of the photo it uses.""",
        rows,
    )


def with_reach(result: Maximized, note: str = "") -> Shown:
    """A unit's picture with its reach below, or a note."""
    standing = result.standing
    reach = f"reach {standing.reach:.2f}{', silent' if standing.silent else ''}" if standing else ""
    data = images.encode_png(result.picture, result.info())
    return Shown(f"{stem(result.objective)}.png", data, result.label, note or reach, width=124)
