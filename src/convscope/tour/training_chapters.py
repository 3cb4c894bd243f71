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
from convscope.tour.page import Chapter, Row, Shown, written
from convscope.training_films.convergence import SETTLED, Convergence

# The only pictures of the tour that were made beforehand: the tour trains no network.
# `convscope evolve` made it from checkpoints of training/short.toml.
FILM = Path(__file__).with_name("vgg16-tiny-learns.webp")
TWINS = "block4_conv3"  # the layer that the embedded networks are compared in


def learning(tour: Tour, progress: Progress) -> Chapter:
    """A film of a network during its training."""
    shares = settling().items()
    layers = ", ".join(f"{layer} after {share:.0%} of the steps" for layer, share in shares)
    film = Shown(FILM.name, FILM.read_bytes(), "six units, and the loss and accuracy", width=880)
    return written("How the network learned it", [Row("", [film])], settled=SETTLED, layers=layers)


def settling() -> dict[str, float]:
    """Return, for each layer, the share of the film's steps after which it has converged."""
    record = json.loads(FILM.with_name(f"{FILM.name}.json").read_text(encoding="utf-8"))["settling"]
    measured, moments = Convergence(record["layers"], record["pictures"]), record["moments"]
    return {layer: moments[measured.settled(layer)] / moments[-1] for layer in measured.layers}


def twins(tour: Tour, progress: Progress) -> Chapter:
    """The same units of two networks, one trained without an adversary."""
    networks = [load(name) for name in NETWORKS]
    common = set.intersection(*(set(network.labels or ()) for network in networks))
    units = {
        f"channels of {TWINS}": replace(tour, network=networks[0]).drawn(TWINS),
        "classes": [f"predictions:{label}" for label in tour.extent.classes if label in common],
    }
    pairs = [(what, network) for what in units for network in networks]
    rows = []
    for done, (what, network) in enumerate(pairs):
        progress(done / len(pairs), "")
        made = map(unit_chapters.with_reach, gallery(network, *units[what], **tour.settings))
        named = [replace(each, name=f"{network.name}-{each.name}") for each in made]
        rows.append(Row(f"{network.name}: {what}", named))
    return written("The same network, trained without an adversary", rows)
