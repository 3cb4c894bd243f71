"""The verb: from a picture, or a unit, to the card of it."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from convscope.cards.comparison_images import climbed, company
from convscope.cards.evidence import Case
from convscope.cards.exemplars import exemplars
from convscope.cards.finding import Finding
from convscope.cards.findings.reach import reach, robustness
from convscope.cards.findings.seeds import agreement, weakest
from convscope.cards.findings.selectivity import selectivity
from convscope.cards.findings.transfer import transfer
from convscope.cards.findings.untrained import control as untrained_control
from convscope.cards.result import Card
from convscope.datasets import distribution as natural_module
from convscope.datasets.photos import Photos
from convscope.errors import InputError
from convscope.maximization.maximize import maximize
from convscope.maximization.result import Maximized
from convscope.maximization.task import Subject
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.network import Network
from convscope.networks.patches.randomized import untrained
from convscope.objectives.parser import What
from convscope.progress import Progress, part

SEEDS, OTHERS = 4, 4

# What a card finds out, in its order.
FINDINGS: tuple[Callable[[Case], Finding], ...] = (
    reach,
    robustness,
    selectivity,
    weakest,
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
    second: Any = None,
    seeds: int = SEEDS,
    others: int = OTHERS,
    control: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> Card:
    """Gather the evidence about a picture, or about the picture of a unit.

    It takes ``seeds * (1 + others)`` pictures, made like the first one, and one each for the
    minimal picture and the control: some twenty times what the picture took.

    Args:
        network: from ``convscope.load``.
        what: what ``maximize`` returned for this network, or what it takes.
        natural: a folder of photos, or a .zip of them: responses are compared with theirs, instead
            of with what ships with the network. Measured once, then kept in the cache.
        second: another network to judge by: a ``Network``, or what ``convscope.load`` takes.
            ``vgg16-tiny`` if not given; of ``vgg16-tiny`` itself, its own features, said so.
        seeds: how many pictures of the unit, from seeds that follow each other.
        others: how many other units of the layer, drawn at random, are pictured to compare with.
        control: also climb an untrained copy of the network.
        progress: called with the fraction of a part that is done, in [0, 1], and which part.
        **settings: as for ``maximize``, if ``what`` is no picture yet.

    Example:
        ``print(cs.card(network, "predictions:bee").text())``
    """
    photos = _photos(natural)  # refused before the climb
    if isinstance(what, Maximized):
        if settings:
            raise InputError(
                f"Expected settings only for a picture to be made. Received: a picture, and "
                f"{', '.join(settings)}."
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
    second: Any = None,
    seeds: int = SEEDS,
    others: int = OTHERS,
    control: bool = False,
    progress: Progress | None = None,
) -> Iterator[Card]:
    """Yield the card of each picture; the photos are measured for all of them in one pass.

    Arguments are those of ``card``.
    """
    for result in results:
        if result.source.get("digest") != network.digest:
            raise InputError(
                f"Expected pictures of {network.name}, {network.digest}. Received: one of "
                f"{result.source.get('network')}, {result.source.get('digest')}."
            )
    if seeds < 1 or others < 0:
        raise InputError(
            f"Expected at least one seed and no fewer than zero others. Received: seeds={seeds}, "
            f"others={others}."
        )
    photos = _photos(natural)
    judging = judge(network, second)
    fresh = untrained(network) if control else None
    layers = sorted({result.unit.layer for result in results if result.unit})
    known = natural_module.natural(
        network, layers, photos, part(progress, 0, 1, "Measuring natural pictures")
    )
    for result in results:
        about = result.label
        around = company(
            network, result, seeds, others, part(progress, 0, 1, f"{about}, to compare")
        )
        own = [Subject(result.objective, result.recipe.seed)]
        case = Case(
            network=network,
            result=result,
            seeds=around.seeds,
            others=around.others,
            minimal=around.minimal,
            natural=known.get(result.unit.layer) if result.unit else None,
            photos=photos,
            second=judging,
            untrained=climbed(fresh, result, own, part(progress, 0, 1, f"{about}, untrained"))[0]
            if fresh
            else None,
        )
        yield _card(case, progress)


def _card(case: Case, progress: Progress | None) -> Card:
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


def _findings(progress: Progress | None) -> list[Callable[[Case], Finding]]:
    """The findings, of which one may take long: a second network sees the photos, once."""
    slow = partial(
        transfer, progress=part(progress, 0, 1, "Measuring natural pictures, second network")
    )
    return [slow if find is transfer else find for find in FINDINGS]


def _photos(natural: Folder | Photos) -> Photos | None:
    return natural if isinstance(natural, Photos) or natural is None else Photos.of(natural)


def judge(network: Network, second: Any = None) -> Network:
    """The network to judge by: another one, or the network itself where there is none."""
    if second is None:
        if network.channels not in (1, 3):
            return network
        embedded = load(EMBEDDED)
        return network if embedded.digest == network.digest else embedded
    found = second if isinstance(second, Network) else load(second)
    for each in (network, found):
        if each.channels not in (1, 3):
            raise InputError(
                f"Expected two networks of colour or gray pictures. Received: {each.name}, which "
                f"takes {each.channels} channels."
            )
    return found
