"""The chapters about training: how features develop, and the effect of an adversary."""

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
from convscope.training_films.convergence import SETTLED, Convergence

# The only pictures of the tour that were made beforehand: the tour trains no network.
# `convscope evolve` made it from checkpoints of training/short.toml.
FILM = Path(__file__).with_name("vgg16-tiny-learns.webp")
TWINS = "block4_conv3"  # the layer that the embedded networks are compared in


def learning(tour: Tour, progress: Progress) -> Chapter:
    """A film of a network during its training."""
    shares = settling().items()
    told = ", ".join(f"{layer} after {share:.0%} of the steps" for layer, share in shares)
    film = Shown(FILM.name, FILM.read_bytes(), "six units, and the loss and accuracy", width=880)
    return Chapter(
        "How the network learned it",
        f"""Before training, a network's weights are random numbers, and its units look for noise.
        This film follows six units of vgg16-tiny through a short training of four epochs. After it
        the network names fewer than two photos in ten correctly. The pictures of each unit always
        start from the same noise, so only the weights differ. The moments are close together at
        first and farther apart later, because most is learned early.

        Which layers converge first? We measured how similar the responses of each layer are to
        the responses at the end. Their correlation is {SETTLED} or higher in {told}. No layer
        here converges before an earlier one. This is plausible, since each layer computes its
        responses from those of the layers before it.""",
        [Row("", [film])],
    )


def settling() -> dict[str, float]:
    """Return, for each layer, the share of the film's steps after which it has converged."""
    told = json.loads(FILM.with_name(f"{FILM.name}.json").read_text(encoding="utf-8"))["settling"]
    measured, moments = Convergence(told["layers"], told["pictures"]), told["moments"]
    return {layer: moments[measured.settled(layer)] / moments[-1] for layer in measured.layers}


def twins(tour: Tour, progress: Progress) -> Chapter:
    """The same units of two networks, one trained against an adversary."""
    networks = [load(name) for name in NETWORKS]
    common = set.intersection(*(set(network.labels or ()) for network in networks))
    asked = {
        f"channels of {TWINS}": replace(tour, network=networks[0]).drawn(TWINS),
        "classes": [f"predictions:{label}" for label in tour.extent.classes if label in common],
    }
    pairs = [(what, network) for what in asked for network in networks]
    rows = []
    for done, (what, network) in enumerate(pairs):
        progress(done / len(pairs), "")
        made = map(unit_chapters.with_reach, gallery(network, *asked[what], **tour.settings))
        named = [replace(each, name=f"{network.name}-{each.name}") for each in made]
        rows.append(Row(f"{network.name}: {what}", named))
    return Chapter(
        "The same network, trained against an adversary",
        """Networks use features that we do not see. A change of a photo can be too faint for us to
        notice and still make the network take a bee for a teapot. So the network looks at more
        than we do, and the pictures of its units are partly hard for us to read.

        The second network here, vgg16-tiny-robust, learned from such pictures only. Before it saw
        a photo, an adversary changed the photo by up to a certain amount, in the way that misled
        the network most. A feature that a faint change can switch on or off was of no use to this
        network. It learned more robust features: outlines, colours of whole things, parts. To
        excite these, a picture has to change in ways that we can see, so it is easier to read
        (Engstrom 2019). The price is that the network names fewer photos correctly.

        The channels were drawn at random, with the same indices in both networks. Both trainings
        started from the same half-trained weights, so many channels still look for similar
        things.""",
        rows,
    )
