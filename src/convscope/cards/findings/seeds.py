"""The findings about pictures of one unit from several seeds: their scores and their similarity."""

from collections.abc import Sequence

import numpy as np

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap

IDLE = ("ZeroPadding", "Dropout", "SpatialDropout")  # kinds that make no features


def worst_seed(case: Evidence) -> Finding:
    """Return how the weakest of several seeds compares with natural pictures (Zimmermann 2023)."""
    count = len(case.seeds)
    if count < 2:
        return Finding.none("seeds", "there is one picture")
    scores = [result.gain for result in case.seeds]
    numbers = {"seeds": [result.recipe.seed for result in case.seeds], "scores": scores}
    caveat = "It shows an extreme, not what the unit usually responds to."
    found = [
        case.natural.standing(case.unit, result.response) if case.natural and case.unit else None
        for result in case.seeds
    ]
    standings = [standing for standing in found if standing]
    if not standings:
        low, high = min(scores), max(scores)
        return Finding(
            "seeds",
            f"{count} seeds score {low:.3g} to {high:.3g}",
            "Without natural pictures there is no scale for these scores.",
            {**numbers, "reaches": None, "beyond": None},
        )
    reaches = [standing.reach for standing in standings]
    low, beyond = min(reaches), min(reaches) > 1
    return Finding(
        "seeds",
        f"of {count} seeds the weakest reaches {low:.2f}: "
        f"{'more' if beyond else 'not more'} than the best natural picture",
        caveat,
        {**numbers, "reaches": reaches, "beyond": beyond},
    )


def agreement(case: Evidence) -> Finding:
    """Return how often the nearest neighbour of a unit's picture is one of the same unit."""
    rows = [case.seeds, *case.others]
    if len(case.seeds) < 2:
        return Finding.none("agreement", "there is one picture")
    if not case.others:
        return Finding.none("agreement", "there are no pictures of other units to compare with")
    info = late(case.second)
    if info is None:
        return Finding.none("agreement", f"{case.second.name} has no layer of features")
    owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    everything = tuple(result for row in rows for result in row)
    near = nearest(features(case.second, info, case.shown(everything)))
    same = owners[near] == owners
    own, every = float(same[owners == 0].mean()), float(same.mean())
    level = chance(owners)
    eyes = case.second.name if case.has_second_network else "its own"
    blind = (
        ""
        if case.has_second_network
        else "Judged by the network's own features, not a second network's. "
    )
    return Finding(
        "agreement",
        f"{own:.0%} of its pictures have one of the same unit as nearest neighbour in {eyes} "
        f"features ({info.address}), chance {level:.0%}; of all {len(everything)} pictures "
        f"{every:.0%}",
        f"{blind}{len(case.others)} other unit{'s' * (len(case.others) != 1)} drawn at "
        "random: few pictures, a rough figure; likeness is not meaning.",
        {
            "share": own,
            "share_of_all": every,
            "chance": level,
            "pictures": len(everything),
            "others": [row[0].label for row in case.others],
            "features": f"{case.second.name}/{info.address}",
            "second_network": case.has_second_network,
        },
    )


def late(network: Network) -> LayerInfo | None:
    """Return the last layer of maps before the classes."""
    classes = network.head.channels if network.head else 0
    maps = [
        info
        for info in network.layers.values()
        if info.is_map and info.channels > 1 and not info.kind.startswith(IDLE)
    ]
    plain = [info for info in maps if info.channels != classes]
    found = plain or maps
    return found[-1] if found else None


def features(network: Network, info: LayerInfo, pictures: np.ndarray) -> np.ndarray:
    """Return a layer's responses to pictures, averaged over space: (n, channels)."""
    tap = Tap(info.address, after=True)
    seen = network.activations(pictures, [tap])[tap]
    return seen.mean(axis=tuple(range(1, seen.ndim - 1)))


def nearest(features: np.ndarray) -> np.ndarray:
    """Return the index of each row's nearest neighbour, by cosine of rows less their mean: (n,).

    Subtracting the mean removes what all pictures share because they are made in the same way.

    Example:
        >>> nearest(np.array([[1.0, 0.1], [0.0, 1.0], [1.0, 0.0], [0.1, 1.0]]))
        array([2, 3, 0, 1])
    """
    centred = features - features.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    directions = centred / np.where(lengths > 0, lengths, 1)
    likeness = directions @ directions.T
    np.fill_diagonal(likeness, -np.inf)
    return np.asarray(likeness.argmax(axis=1))


def chance(owners: Sequence[int] | np.ndarray) -> float:
    """Return how often a random neighbour belongs to the same owner.

    Example:
        >>> chance([0, 0, 1, 1])
        0.3333333333333333
    """
    owners = np.asarray(owners)
    same = (owners[:, None] == owners[None, :]).sum(axis=1) - 1
    return float((same / (len(owners) - 1)).mean())
