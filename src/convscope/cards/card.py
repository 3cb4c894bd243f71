"""``card``: gather the evidence about a picture, or about the picture of a unit."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from convscope.cards.comparison_images import comparison_images, made_alike
from convscope.cards.evidence import Evidence
from convscope.cards.exemplars import exemplars
from convscope.cards.finding import Finding
from convscope.cards.findings.reach import reach, robustness
from convscope.cards.findings.seeds import agreement, worst_seed
from convscope.cards.findings.selectivity import selectivity
from convscope.cards.findings.transfer import transfer
from convscope.cards.findings.untrained import control as untrained_control
from convscope.cards.findings.words import words
from convscope.cards.result import Card
from convscope.datasets import distribution as natural_module
from convscope.datasets.photos import Photos
from convscope.errors import InputError
from convscope.maximization.maximize import maximize
from convscope.maximization.result import Maximized
from convscope.maximization.task import Task
from convscope.networks.loading.load import Source, load
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.network import Network
from convscope.networks.patches.randomized import untrained
from convscope.objectives.parser import What
from convscope.progress import Progress, part

SEEDS, OTHERS = 4, 4

# What a card finds out, in its order.
FINDINGS: tuple[Callable[[Evidence], Finding], ...] = (
    reach,
    robustness,
    selectivity,
    words,
    worst_seed,
    agreement,
    transfer,
    untrained_control,
)

Folder = str | os.PathLike[str] | None


def card(
    network: Network,
    what: Maximized | What,
    *,
    natural: Folder | Photos = None,
    second: Network | Source | None = None,
    seeds: int = SEEDS,
    others: int = OTHERS,
    control: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> Card:
    """Return the evidence about a picture, or about the picture of a unit that is made first.

    This makes ``seeds * (1 + others)`` pictures in the same way as the first one, and one each for
    the minimal picture and the control. It takes about twenty times as long as one picture.

    Args:
        network: from ``convscope.load``.
        what: what ``maximize`` returned for this network, or what ``maximize`` takes.
        natural: a folder of photos, or a .zip of them. Responses are compared with the responses to
            these photos, and not with the statistics that the network brings. Each folder is
            measured once and then kept in the cache. The names of the folders in it are labels,
            for the finding 'words'.
        second: another network that is shown the picture: a ``Network``, or what
            ``convscope.load`` takes. ``vgg16-tiny`` by default; for ``vgg16-tiny`` itself its own
            features are used, and the card says so.
        seeds: how many pictures of the unit to compare, from consecutive seeds.
        others: how many other units of the layer, drawn at random, to compare with.
        control: whether to run the same ascent on an untrained copy of the network as well.
        progress: called with the fraction of a part that is done, in [0, 1], and which part.
        **settings: as for ``maximize``, if ``what`` is not a picture yet.

    Returns:
        A card with one finding for each question, each with its numbers and its caveat.

    Raises:
        InputError: the picture is of another network, settings are given for a finished picture, or
            ``seeds``, ``others``, the photos or the second network are not possible.

    Example:
        ``print(cs.card(network, "predictions:bee").text())``
    """
    photos = _photos(natural)  # refused before the ascent
    if isinstance(what, Maximized):
        if settings:
            raise InputError.expected(
                "settings only for a picture to be made", f"a picture, and {', '.join(settings)}"
            )
        result = what
    else:
        result = maximize(network, what, **settings)
    made = cards(
        network,
        [result],
        natural=photos,
        second=second,
        seeds=seeds,
        others=others,
        control=control,
        progress=progress,
    )
    return next(made)


def cards(
    network: Network,
    results: Sequence[Maximized],
    *,
    natural: Folder | Photos = None,
    second: Network | Source | None = None,
    seeds: int = SEEDS,
    others: int = OTHERS,
    control: bool = False,
    progress: Progress | None = None,
) -> Iterator[Card]:
    """Yield the card of each picture; the photos are measured for all of them in one pass.

    The arguments are those of ``card``.

    Raises:
        InputError: a picture is of another network, or ``seeds`` or ``others`` are not possible.
    """
    for result in results:
        if result.source.get("digest") != network.digest:
            raise InputError.expected(
                f"pictures of {network.name}, {network.digest}",
                f"one of {result.source.get('network')}, {result.source.get('digest')}",
            )
    if seeds < 1 or others < 0:
        raise InputError.expected(
            "at least one seed and no fewer than zero others", f"seeds={seeds}, others={others}"
        )
    photos = _photos(natural)
    judging = reference_network(network, second)
    fresh = untrained(network) if control else None
    layers = sorted({result.unit.layer for result in results if result.unit})
    known = natural_module.natural(
        network, layers, photos, part(progress, 0, 1, "Measuring natural pictures"), words=True
    )
    for result in results:
        about = result.label
        comparing = part(progress, 0, 1, f"{about}, to compare")
        same, rows, minimal = comparison_images(network, result, seeds, others, comparing)
        own = [Task(result.objective, result.recipe.seed)]
        case = Evidence(
            network=network,
            result=result,
            seeds=same,
            others=rows,
            minimal=minimal,
            natural=known.get(result.unit.layer) if result.unit else None,
            photos=photos,
            second=judging,
            untrained=made_alike(fresh, result, own, part(progress, 0, 1, f"{about}, untrained"))[0]
            if fresh
            else None,
        )
        yield _card(case, progress)


def _card(case: Evidence, progress: Progress | None) -> Card:
    unit, known = case.unit, case.natural
    return Card(
        result=case.result,
        findings=tuple(find(case) for find in _findings(progress)),
        seeds=case.seeds,
        minimal=case.minimal,
        untrained=case.untrained,
        standing=known.standing(unit, case.result.response) if known and unit else None,
        histogram=known.histogram(unit) if known and unit else None,
        exemplars=exemplars(case.network, unit, known) if unit else None,
    )


def _findings(progress: Progress | None) -> list[Callable[[Evidence], Finding]]:
    """Return the findings, with progress for the one that shows a network all photos."""
    slow = partial(
        transfer, progress=part(progress, 0, 1, "Measuring natural pictures, second network")
    )
    return [slow if find is transfer else find for find in FINDINGS]


def _photos(natural: Folder | Photos) -> Photos | None:
    return natural if isinstance(natural, Photos) or natural is None else Photos.of(natural)


def reference_network(network: Network, second: Network | Source | None = None) -> Network:
    """Return the second network: the one given, or ``vgg16-tiny``, or the network itself.

    Raises:
        InputError: one of the two networks does not take colour or gray pictures.
    """
    if second is None:
        if network.channels not in (1, 3):
            return network
        embedded = load(EMBEDDED)
        return network if embedded.digest == network.digest else embedded
    found = second if isinstance(second, Network) else load(second)
    for each in (network, found):
        if each.channels not in (1, 3):
            raise InputError.expected(
                "two networks of colour or gray pictures",
                f"{each.name}, which takes {each.channels} channels",
            )
    return found
