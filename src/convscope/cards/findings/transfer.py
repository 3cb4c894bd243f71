"""The finding ``transfer``: whether a second network responds to the picture in the same way."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.datasets.distribution import Natural
from convscope.datasets.responses import Responses, responses
from convscope.maximization.maximize import respond
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.progress import Progress, silent

ENOUGH = 0.5  # held-out correlation; below it two units are not counterparts
TOP = 5
ROUNDING = 1e-6  # of float32
SEED = 0  # which photos choose the counterpart and which judge it


def transfer(case: Evidence, progress: Progress = silent) -> Finding:
    """Return whether a second network names the class, or how its matching unit responds."""
    unit = case.unit
    if unit is None or unit.channel is None:
        return Finding.none("transfer", "this is defined for a single channel, neuron or class")
    if not case.has_second_network:
        return Finding.none("transfer", "no second network was given")
    head = case.network.head
    if head and unit.layer == head.address:
        return _named(case, unit)
    return _counterpart(case, unit, progress)


def _named(case: Evidence, unit: Unit) -> Finding:
    network, second = case.network, case.second
    assert unit.channel is not None
    if unit.negative:
        return Finding.none("transfer", "what a class is most against has no name")
    if not (network.labels and second.labels and second.head):
        blind = network if not network.labels else second
        return Finding.none("transfer", f"{blind.name} has no labels for its classes")
    label = network.labels[unit.channel]
    same = [place for place, other in enumerate(second.labels) if alike(label, other)]
    if not same:
        return Finding.none("transfer", f"{second.name} has no class called {label}")
    opinions = second.probabilities(case.shown(case.seeds))
    ranks = [_rank(opinion, same) for opinion in opinions]
    first, among = (sum(rank <= top for rank in ranks) for top in (1, TOP))
    _, guess, sure = second.top(opinions[0], 1)[0]
    return Finding(
        "transfer",
        f"{second.name} takes this picture for {guess} ({sure:.0%}) and has {label} at rank "
        f"{ranks[0]}; of {len(ranks)} seeds it names {first} first and {among} among five",
        f"Two networks can share a fault; labels are matched by their text.{_scaled(case)}",
        {
            "network": second.name,
            "top1": ranks[0] == 1,
            "top5": ranks[0] <= TOP,
            "rank": ranks[0],
            "ranks": ranks,
            "label": second.labels[same[0]],
            "guess": guess,
        },
    )


def _scaled(case: Evidence) -> str:
    """Return a note about the picture's size, if the second network takes another."""
    size, shown = case.result.picture.shape[:2], case.second.size
    if size == shown:
        return ""
    return f" It is shown the picture at {shown[0]}x{shown[1]}, not {size[0]}x{size[1]}."


def alike(label: str, other: str) -> bool:
    """Return whether two labels share a name; synonyms are between commas.

    Example:
        >>> alike("Sports Car", "sports car, sport car"), alike("car", "sports car")
        (True, False)
    """
    return bool(_names(label) & _names(other))


def _names(label: str) -> set[str]:
    parts = [label, *label.split(",")]
    return {" ".join(part.replace("_", " ").casefold().split()) for part in parts} - {""}


def _rank(opinion: np.ndarray, same: list[int]) -> int:
    """Return the best rank of any of some classes; 1 is first."""
    return 1 + int((opinion > opinion[same].max()).sum())


def _counterpart(case: Evidence, unit: Unit, progress: Progress) -> Finding:
    if case.natural is None or case.photos is None:
        return Finding.none("transfer", "a hidden unit's counterpart is found on photos of yours")
    own = case.natural.values(unit)
    if own is None:
        return Finding.none("transfer", "no responses to natural pictures")
    second = case.second
    known = responses(
        second, case.photos, candidates(second), kinds=("channel", "highest"), progress=progress
    )
    photos = len(own)
    chosen, correlation = matched(-own if unit.negative else own, known)
    like = Unit(chosen.layer, chosen.channel, negative=unit.negative)
    name = second.describe(Unit(chosen.layer, chosen.channel))
    judge = Natural(known[like.layer].statistics(), case.photos, known[like.layer])
    score = float(respond(second, [like], case.shown((case.result,)))[0])
    standing = judge.standing(like, score)
    assert standing
    numbers = {
        "network": second.name,
        "unit": str(Unit(like.layer, like.channel)),
        "correlation": correlation,
        "counterpart": correlation >= ENOUGH,
        "photos": photos,
        "standing": asdict(standing),
    }
    caveat = (
        f"Chosen on half of {photos:,} photos as the best of many units, judged on the other half; "
        "a correlation shows that both respond to the same photos, not why."
    )
    caveat += _scaled(case)
    if correlation < ENOUGH:
        says = (
            f"no counterpart: the best-correlated unit of {second.name}, {name}, has a held-out "
            f"correlation of {correlation:.2f}, below {ENOUGH}"
        )
        return Finding("transfer", says, caveat, numbers)
    return Finding(
        "transfer",
        f"its counterpart in {second.name} is {name}, held-out correlation {correlation:.2f}; the "
        f"picture drives it {standing}",
        caveat,
        numbers,
    )


def candidates(network: Network) -> list[str]:
    """Return the layers whose units may match: those that compute with weights of their own."""
    return [
        info.address
        for info in network.layers.values()
        if info.parameters and info.channels and "Normalization" not in info.kind
    ]


def matched(own: np.ndarray, known: Mapping[str, Responses]) -> tuple[Unit, float]:
    """Return the unit that correlates best on half of the photos, and its correlation on the rest.

    Args:
        own: (photos,) responses.
        known: another network's responses to the same photos, by layer.
    """
    order = np.random.default_rng(SEED).permutation(len(own))
    choosing, judging = np.array_split(order, 2)
    best, unit = -np.inf, Unit("")
    for layer, each in known.items():
        values = np.asarray(each.arrays["channel"])[each.read]
        found = correlations(own[choosing], values[choosing])
        if found.max() > best + ROUNDING:  # of equals the first: nearer to the picture
            best, unit = float(found.max()), Unit(layer, int(found.argmax()))
    assert unit.channel is not None
    held = known[unit.layer].of("channel", unit.channel)[judging]
    return unit, float(correlations(own[judging], held[:, None])[0])


def correlations(own: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of (photos,) with each column of (photos, units).

    Example:
        >>> correlations(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
        array([1., 0.])
    """
    first = own - own.mean(dtype="float64")
    rest = values - values.mean(axis=0, dtype="float64")
    sizes = np.linalg.norm(first), np.linalg.norm(rest, axis=0)
    # Rounding leaves what is constant a length that is not quite zero.
    most = [ROUNDING * np.sqrt(len(own)) * np.abs(each).max(axis=0) for each in (own, values)]
    varied = (sizes[0] > most[0]) & (sizes[1] > most[1])
    return np.where(varied, (first @ rest) / np.where(varied, sizes[0] * sizes[1], 1.0), 0.0)
