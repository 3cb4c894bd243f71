"""The chapters of activation maximization: units, classes, and films of the ascent."""

import tempfile
from pathlib import Path

import numpy as np

from convscope import images
from convscope.films.animate import animate
from convscope.images import Photo
from convscope.maximization.maximize import Size, gallery
from convscope.maximization.result import Maximized
from convscope.maximization.task import file_stem
from convscope.progress import Progress
from convscope.tour.context import Tour
from convscope.tour.page import Chapter, Row, Shown

GOALS = ("bee", "sports car")
SMALL = 10  # pixels of a field; a channel that sees no more is shown as one neuron sees it


def classes(tour: Tour, progress: Progress) -> Chapter:
    """What the network looks for in some everyday things."""
    named = tour.network.labels or ()
    made = gallery(
        tour.network,
        *(f"predictions:{c}" for c in tour.extent.classes if c in named),
        **tour.settings,
    )
    opinions = tour.network.probabilities(np.stack([result.picture for result in made]))
    shown = []
    for result, opinion in zip(made, opinions, strict=True):
        _, label, share = tour.network.top(opinion, 1)[0]
        shown.append(with_reach(result, f"network: {label}, {share:.0%}"))
    return Chapter(
        "What the network looks for in a tiger",
        """The last layer has one unit for each class. What does such a unit look for? We can find
        out with the network itself. Start from gray noise, compute which small change of the
        picture would raise the score of the class, make that change, and repeat this a hundred
        times. The method is called activation maximization.

        The result is not a photograph of a tiger. It shows everything that, for this network,
        speaks for a tiger and against all other classes. Often that includes what is usually around
        the thing, such as flowers around a bee. The line under each picture is the class that the
        network gives to this picture, with its probability.""",
        [Row("", shown)],
    )


def edges_to_objects(tour: Tour, progress: Progress) -> Chapter:
    """The pictures of units of every layer, drawn at random."""
    layers = [info for info in tour.network.layers.values() if "Conv" in info.kind]
    rows = []
    for done, info in enumerate(layers):
        progress(done / len(layers), "")
        seen = info.receptive_field
        size: Size = "field" if seen and seen <= SMALL else None
        made = gallery(tour.network, *tour.drawn(info.address), size=size, **tour.settings)
        heading = f"{info.address}: {info.channels} channels, each neuron sees {seen}x{seen} pixels"
        rows.append(Row(heading, [with_reach(result) for result in made]))
    return Chapter(
        "From edges to objects",
        """A convolutional network is a stack of layers, and each layer is a set of channels: small
        pattern detectors that slide over the whole picture. What pattern does a channel detect?
        Activation maximization answers this, too: here the picture excites one channel.

        Read from top to bottom. A neuron of the first layers sees only a few pixels, so the first
        rows show exactly these pixels, enlarged: colours, edges and corners. The second block looks
        for stripes and grids, and the third for textures such as scales, fur or basketwork. From
        the fourth block on there are eyes, wheels, heads and flowers. The network learned all of
        these from the photos and their class labels alone. The channels below were drawn at
        random; we did not choose the prettiest.

        The number under each picture is its reach. It compares the response with the responses to
        10,000 natural pictures: 0 is their median, and 1 is the highest of them. Above 1, the
        picture excites the channel more than any of these. A high reach shows an extreme, not what
        the channel usually responds to.""",
        rows,
    )


def films(tour: Tour, progress: Progress) -> Chapter:
    """Films from noise and from a photo to a bee and a sports car."""
    starts: list[Path | Photo | None] = [None, *tour.photos[:1]]
    rows = []
    for place, goal in enumerate(GOALS):
        shown = []
        for number, start in enumerate(starts):
            progress((place * len(starts) + number) / (len(GOALS) * len(starts)), "")
            film = animate(tour.network, f"predictions:{goal}", start=start, **tour.settings)
            name = f"{goal}-from-{start.stem if start else 'noise'}.webp".replace(" ", "-")
            with tempfile.TemporaryDirectory() as folder:
                data = film.save(Path(folder) / name).read_bytes()
            origin = f"the photo {start.name}" if start else "noise"
            shown.append(Shown(name, data, f"from {origin} towards {goal}", width=520))
        rows.append(Row(goal, shown))
    return Chapter(
        "The network changes its mind",
        """These films show the picture during the ascent, with the network's class probabilities
        beside every frame. From noise, the probability is high long before we can recognise
        anything. From a photo, the change is so small that we still see the photo, but the
        network's class changes. Watch which parts of the photo it changes.""",
        rows,
    )


def with_reach(result: Maximized, note: str = "") -> Shown:
    """Return a unit's picture with its reach, or a note, below it."""
    standing = result.standing
    reach = f"reach {standing.reach:.2f}{', silent' if standing.silent else ''}" if standing else ""
    data = images.encode_png(result.picture, result.info())
    return Shown(f"{file_stem(result.objective)}.png", data, result.label, note or reach, width=124)
