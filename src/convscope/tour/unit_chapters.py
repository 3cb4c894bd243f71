"""The chapters of activation maximization: units, classes, and films of the ascent."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from convscope import images
from convscope.datasets.separation import best_areas
from convscope.films.animate import animate
from convscope.images import Photo
from convscope.maximization.maximize import PictureSize, gallery
from convscope.maximization.result import Maximized
from convscope.maximization.task import file_stem
from convscope.networks.blocks import main_layers
from convscope.networks.network import Network
from convscope.networks.words import Words
from convscope.progress import Progress
from convscope.tour.context import Tour
from convscope.tour.page import Chapter, Row, Shown, text, written

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
    return written("What the network looks for in a tiger", [Row("", shown)])


def edges_to_objects(tour: Tour, progress: Progress) -> Chapter:
    """The pictures of units of every layer, drawn at random."""
    layers = [info for info in tour.network.layers.values() if "Conv" in info.kind]
    rows = []
    for done, info in enumerate(layers):
        progress(done / len(layers), "")
        seen = info.receptive_field
        size: PictureSize = "field" if seen and seen <= SMALL else None
        made = gallery(tour.network, *tour.drawn(info.address), size=size, **tour.settings)
        heading = f"{info.address}: {info.channels} channels, each neuron sees {seen}x{seen} pixels"
        rows.append(Row(heading, [with_words(result) for result in made]))
    chapter = written("From edges to objects", rows)
    return replace(chapter, text=f"{chapter.text}\n\n{in_words(tour.network)}".rstrip())


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
    return written("The network changes its mind", rows)


def with_reach(result: Maximized, note: str = "") -> Shown:
    """Return a unit's picture with its reach, or a note, below it."""
    standing = result.standing
    reach = f"reach {standing.reach:.2f}{', silent' if standing.silent else ''}" if standing else ""
    data = images.encode_png(result.picture, result.info())
    return Shown(f"{file_stem(result.objective)}.png", data, result.label, note or reach, width=124)


def in_words(network: Network) -> str:
    """Return the text about units in words, with median AUCs; '' if the network brings none."""
    words = network.natural.words if network.natural else None
    if not isinstance(words, Words):
        return ""
    layers = [words.layers[info.address] for info in main_layers(network)]
    first, last = (np.median(best_areas(own.table)) for own in (layers[0], layers[-1]))
    fresh = np.median([own.control.median for own in layers if own.control])
    return text("Units in words", first=f"{first:.2f}", last=f"{last:.2f}", fresh=f"{fresh:.2f}")


def with_words(result: Maximized) -> Shown:
    """Return a unit's picture with its reach and what it separates best, if those are known."""
    shown, words = with_reach(result), result.in_words
    return replace(shown, note=f"{shown.note}; {words.short}") if words else shown
