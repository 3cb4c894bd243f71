"""The class that can be read off a layer: the one with the nearest mean response."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convscope.brief import Brief
from convscope.datasets.photos import Photos
from convscope.datasets.responses import responses
from convscope.errors import InputError
from convscope.images import Picture
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.progress import Progress

NEAREST = 3  # classes that are shown


@dataclass(frozen=True)
class Reading(Brief):
    """The classes whose mean response at a layer is nearest to a photo's response.

    Responses are those before activation, averaged over space, less their mean over the photos of
    the folder; near means a large cosine. A photo of the folder counts for the class that the
    network gives to it, since the photos have no labels.

    Args:
        nearest: (index, label, cosine), best first.
        classes: how many there are to choose from.
        photos: how many stand behind them.
        right: the share of these photos read right, each left out of its own class's mean; of
            those whose class has another photo. None where no class has two.
        chance: the share that always saying the commonest of these classes reads right.
    """

    nearest: tuple[tuple[int, str, float], ...]
    classes: int
    photos: int
    right: float | None
    chance: float | None


def readings(
    network: Network, picture: Picture, photos: Photos, layers: Sequence[str], progress: Progress
) -> dict[str, Reading]:
    """Return the class of a picture read off each layer.

    Args:
        network: with a class layer.
        picture: (height, width, channels) in [0, 1], as the network is fed it.
        photos: whose responses are measured, or known from the cache.
        layers: addresses.
        progress: called with the fraction of the photos done.
    """
    if network.head is None:
        raise InputError(
            f"{network.name} has no class layer, so its photos have no classes to read off."
        )
    head = network.head.address
    known = responses(network, photos, [*layers, head], kinds=["channel"], progress=progress)
    answers = np.asarray(known[head].arrays["channel"])
    rows = known[head].read
    single = answers.shape[1] == 1  # one number alone is of yes against no
    no = 0.5 if network.answers == "probability" else 0.0
    named = (answers[rows, 0] > no).astype(int) if single else answers[rows].argmax(axis=1)
    taps = {layer: Tap(layer) for layer in layers}
    seen = network.activations(to_input(network, picture)[None], list(taps.values()))
    found = {}
    for layer, tap in taps.items():
        own = _averaged(seen[tap])[0]
        some = np.asarray(known[layer].arrays["channel"][rows], "float64")
        found[layer] = read(some, named, own, network)
    return found


def read(some: np.ndarray, named: np.ndarray, own: np.ndarray, network: Network) -> Reading:
    """Return the class with the nearest mean response.

    Args:
        some: (photos, channels).
        named: (photos,), the class of each.
        own: (channels,), of the picture.
        network: whose labels name the classes.
    """
    middle = some.mean(axis=0)
    some, own = some - middle, own - middle
    classes, which, counts = np.unique(named, return_inverse=True, return_counts=True)
    sums = np.zeros((len(classes), some.shape[1]))
    np.add.at(sums, which, some)
    near = _cosines(own[None], sums / counts[:, None])[0]
    best = np.argsort(-near, kind="stable")[:NEAREST]
    right, chance = _right(some, which, sums, counts)
    return Reading(
        nearest=tuple(
            (int(classes[i]), network.label(int(classes[i])), float(near[i])) for i in best
        ),
        classes=len(classes),
        photos=len(some),
        right=right,
        chance=chance,
    )


def _right(
    some: np.ndarray, which: np.ndarray, sums: np.ndarray, counts: np.ndarray
) -> tuple[float | None, float | None]:
    """Return the share of photos that are read correctly, and the share of the commonest class."""
    fair = np.flatnonzero(counts[which] > 1)
    if not len(fair):
        return None, None
    near = _cosines(some[fair], sums / counts[:, None])
    # A photo's own class is judged by the mean of the others in it.
    others = (sums[which[fair]] - some[fair]) / (counts[which[fair]] - 1)[:, None]
    near[np.arange(len(fair)), which[fair]] = [
        _cosines(photo[None], rest[None])[0, 0]
        for photo, rest in zip(some[fair], others, strict=True)
    ]
    right = float((near.argmax(axis=1) == which[fair]).mean())
    return right, float(np.bincount(which[fair]).max() / len(fair))


def _cosines(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the cosines of (n, channels) and (m, channels): (n, m)."""
    long = np.linalg.norm(some, axis=1)[:, None] * np.linalg.norm(others, axis=1)
    return np.asarray(some @ others.T / np.maximum(long, 1e-12))


def _averaged(values: np.ndarray) -> np.ndarray:
    """Return the mean over space: (n, ..., channels) to (n, channels)."""
    flat = values.reshape(len(values), -1, values.shape[-1])
    return np.asarray(flat.mean(axis=1, dtype="float64"))
