"""The chapters of the tour: what is made for each, and what a student should know about it."""

import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from convscope import pictures
from convscope.activations import activations
from convscope.attribution import attribute
from convscope.figures import to_png
from convscope.film import animate
from convscope.maximize import Maximized, gallery
from convscope.maximize.subject import stem
from convscope.models.embedded import NETWORKS
from convscope.models.loading import load
from convscope.models.network import Network
from convscope.tour.page import Chapter, Row, Shown

UNITS_A_LAYER = 8
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
TWINS = "block4_conv3"  # the layer that the embedded networks are compared in
METHODS = ("integrated-gradients", "grad-cam", "occlusion")

Tell = Callable[[float], None]  # how much of the chapter is done, from 0 to 1


@dataclass(frozen=True)
class Tour:
    """What the chapters are made of."""

    network: Network
    photos: Sequence[Path]
    seed: int

    def drawn(self, layer: str) -> list[str]:
        """Units of a layer drawn at random, never picked."""
        channels = self.network.layers[layer].channels
        chance = np.random.default_rng([self.seed, zlib.crc32(layer.encode())])
        some = chance.choice(channels, min(UNITS_A_LAYER, channels), replace=False)
        return [f"{layer}:{channel}" for channel in sorted(some)]


def edges_to_objects(tour: Tour, tell: Tell) -> Chapter:
    """Every layer by the pictures of units drawn at random."""
    layers = [info for info in tour.network.layers.values() if "Conv" in info.kind]
    rows = []
    for done, info in enumerate(layers):
        tell(done / len(layers))
        made = gallery(tour.network, *tour.drawn(info.address), seed=tour.seed)
        seen = info.receptive_field
        heading = f"{info.address}: {info.channels} channels, each neuron sees {seen}x{seen} pixels"
        rows.append(Row(heading, [_maximized(result) for result in made]))
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
        shown.append(_maximized(result, f"the network: {label}, {share:.0%}"))
    return Chapter(
        "What it takes a bee to be",
        """The last layer has one unit a class, and it can be asked the same question. The answer is
        not a photograph of a bee: it is everything that, to this network, speaks for a bee and
        against the 199 other classes. Often that includes what is usually around the thing, such
        as flowers around a bee. Under each picture stands what the network says when it is shown
        that picture.""",
        [Row("", shown)],
    )


def twins(tour: Tour, tell: Tell) -> Chapter:
    """The same units of two networks, one of which had an adversary."""
    networks = [load(name) for name in NETWORKS]
    asked = {
        f"channels of {TWINS}": replace(tour, network=networks[0]).drawn(TWINS),
        "classes": [f"predictions:{label}" for label in CLASSES],
    }
    pairs = [(what, network) for what in asked for network in networks]
    rows = []
    for done, (what, network) in enumerate(pairs):
        tell(done / len(pairs))
        made = map(_maximized, gallery(network, *asked[what], seed=tour.seed))
        shown = [replace(each, name=f"{network.name}-{each.name}") for each in made]
        rows.append(Row(f"{network.name}: {what}", shown))
    return Chapter(
        "The same network, trained against an adversary",
        """Networks see things that we do not. To any photo one can add a change too faint for us
        to notice, and the network takes a bee for a teapot. Whatever it was looking at, it was
        not only what we look at, and so the pictures of its units are partly in a language that
        we cannot read.

        The second network here, vgg16-tiny-robust, learned from such pictures only. Before it saw
        a photo, an adversary changed it by up to a certain amount, in the way that misled the
        network most. So a feature that a faint change can switch on or off was of no use to it,
        and it came to rely on those that last: outlines, colours of whole things, parts. To
        excite these, a picture has to change in ways that we see, too, and that is why they are
        easier to read (Engstrom 2019). The price is that it names fewer photos right.

        The channels were drawn at random, the same numbers in both networks. The second network
        began with the weights of the first, so many a channel still looks for something alike.""",
        rows,
    )


def layer_by_layer(tour: Tour, tell: Tell) -> Chapter:
    """A photo, seen layer by layer."""
    rows = []
    for done, photo in enumerate(tour.photos):
        tell(done / len(tour.photos))
        figure = activations(tour.network, photo).figure(count=6)
        shown = Shown(
            f"layers-{photo.stem}.png",
            to_png(figure),
            f"{photo.name}, from early to late",
            width=1000,
        )
        rows.append(Row("", [shown]))
    return Chapter(
        "A photo, layer by layer",
        """What does the network see in a real photo? Each small map shows where one channel
        responds: dark where it is silent, bright where it fires. Early maps are sharp and look
        like the photo, since they follow its edges and colours. Later maps are coarse, because
        each neuron looks at a large part of the photo, and sparse, because it waits for
        something in particular. What is lost in sharpness is gained in meaning.""",
        rows,
    )


def films(tour: Tour, tell: Tell) -> Chapter:
    """From noise and from a photo towards a bee and a sports car."""
    starts: list[Path | None] = [None, *tour.photos[:1]]
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


def reasons(tour: Tour, tell: Tell) -> Chapter:
    """Which parts of the photo drove the decision, by several methods."""
    rows = []
    for done, photo in enumerate(tour.photos):
        shown = []
        for number, method in enumerate(METHODS):
            tell((done + number / len(METHODS)) / len(tour.photos))
            figure = attribute(tour.network, photo, method=method).figure()
            name = f"why-{photo.stem}-{method}.png"
            shown.append(Shown(name, to_png(figure), f"{photo.name}, {method}", width=1000))
        rows.append(Row("", shown))
    return Chapter(
        "Which parts mattered",
        """Attribution asks which parts of a photo spoke for the class and which against it. Methods
        differ in what they measure, and they do not always agree: integrated gradients add up
        how the score changes from grey to the photo, Grad-CAM asks where the last maps with
        space support the class, and occlusion covers one patch after the other and looks.
        Believe what several of them show.""",
        rows,
    )


CHAPTERS: dict[Callable[[Tour, Tell], Chapter], float] = {
    # each with about its share of the time
    edges_to_objects: 0.45,
    classes: 0.05,
    twins: 0.1,
    layer_by_layer: 0.05,
    films: 0.3,
    reasons: 0.05,
}


def _maximized(result: Maximized, note: str = "") -> Shown:
    standing = result.standing
    reach = f"reach {standing.reach:.2f}{', silent' if standing.silent else ''}" if standing else ""
    data = pictures.encode_png(result.picture, result.info())
    return Shown(f"{stem(result.objective)}.png", data, result.label, note or reach, width=124)
