"""Chapters about training: how units come into being, and what an adversary makes of them."""

import json
from dataclasses import replace
from pathlib import Path

from convscope.maximization.maximize import gallery
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.load import load
from convscope.progress import Progress
from convscope.tour import unit_chapters
from convscope.tour.context import Tour
from convscope.tour.page import Chapter, Row, Shown
from convscope.training_films.convergence import SETTLED, Settling

# The only pictures of the tour that are not made on the spot: there is no training to look at.
# `convscope evolve` made it from checkpoints of training/short.toml.
FILM = Path(__file__).with_name("vgg16-tiny-learns.webp")
TWINS = "block4_conv3"  # the layer that the embedded networks are compared in


def learning(tour: Tour, progress: Progress) -> Chapter:
    """A network that learns, filmed."""
    shares = settling().items()
    told = ", ".join(f"{layer} after {share:.0%} of the steps" for layer, share in shares)
    film = Shown(FILM.name, FILM.read_bytes(), "six units, and the loss and accuracy", width=880)
    return Chapter(
        "How it came to be so",
        f"""Before its training a network is random numbers, and its units look for noise. This film
        follows six units of vgg16-tiny through a short training, four times through all photos,
        after which it names fewer than two photos in ten: the same units, climbed from the same
        noise, at moments that begin close together and grow apart, since most is learned early.

        Which layers are done first? We measured how alike the responses of each layer are to
        those at the end. They correlate {SETTLED} or better: {told}. No layer here is done
        before an earlier one: it can hardly settle before those that it stands on.""",
        [Row("", [film])],
    )


def settling() -> dict[str, float]:
    """From which share of the film's steps on each layer's responses are like the final ones."""
    told = json.loads(FILM.with_name(f"{FILM.name}.json").read_text(encoding="utf-8"))["settling"]
    measured, moments = Settling(told["layers"], told["pictures"]), told["moments"]
    return {layer: moments[measured.settled(layer)] / moments[-1] for layer in measured.layers}


def twins(tour: Tour, progress: Progress) -> Chapter:
    """The same units of two networks, one of which had an adversary."""
    networks = [load(name) for name in NETWORKS]
    asked = {
        f"channels of {TWINS}": replace(tour, network=networks[0]).drawn(TWINS),
        "classes": [f"predictions:{label}" for label in unit_chapters.CLASSES],
    }
    pairs = [(what, network) for what in asked for network in networks]
    rows = []
    for done, (what, network) in enumerate(pairs):
        progress(done / len(pairs), "")
        made = map(unit_chapters.with_reach, gallery(network, *asked[what], seed=tour.seed))
        named = [replace(each, name=f"{network.name}-{each.name}") for each in made]
        rows.append(Row(f"{network.name}: {what}", named))
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

        The channels were drawn at random, the same numbers in both networks. Both began with the
        same weights, half-trained, so many a channel still looks for something alike.""",
        rows,
    )
