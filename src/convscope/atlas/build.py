"""``build_atlas``: make the pictures of all units of a network, and keep them in a store."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from convscope.atlas.atlas import Atlas
from convscope.atlas.edition import Edition
from convscope.atlas.pace import Pace, spoken
from convscope.atlas.plan import BATCH, Batch, Plan, plan
from convscope.atlas.run_here import Done, run_here
from convscope.atlas.store import Writer, free, writing
from convscope.brief import counted
from convscope.datasets.distribution import natural as natural_of
from convscope.datasets.photos import Photos
from convscope.maximization.maximize import tuned
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import recipe_for
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.networks.words import NOT_MEASURED, Words
from convscope.progress import Progress, silent
from convscope.validation import whole

Runner = Callable[[Network, Edition, Sequence[Batch], Progress], Iterator[Done]]


def build_atlas(
    network: Network,
    out: str | os.PathLike[str],
    *units: str | Unit,
    natural: str | os.PathLike[str] | Photos | None = None,
    first: str | None = None,
    evidence: Sequence[str] = (),
    size: Any = None,
    recipe: Recipe | None = None,
    batch: int = BATCH,
    runner: Runner = run_here,
    progress: Progress | None = None,
    **settings: Any,
) -> Atlas:
    """Return the atlas of a network: the picture of every unit with its evidence, in a folder.

    What is in the folder already is not made again. After Ctrl-C, or whatever ends the program,
    the same call goes on where it was; at most one batch of each worker is made twice.

    Args:
        network: from ``convscope.load``.
        out: the folder, made if it is missing.
        *units: addresses; every channel of every convolution and every class if none are given.
        natural: a folder of photos, or a .zip of them. Responses are compared with those to these
            photos, and not with the statistics that the network brings. The names of the folders
            in it are labels, for the units in words.
        first: a layer that comes before all others; by default those that take least time do.
        evidence: further pictures of each unit: 'opposite', the picture with the lowest response,
            and 'seeds', three more of the same.
        size: of the pictures, as for ``maximize``; the network's own by default.
        recipe: the settings of the ascent; the default recipe if not given.
        batch: the most pictures that are made, and finished, together.
        runner: what makes the batches: this process, or what ``run_on_ray`` returns.
        progress: called with the fraction done, in [0, 1], and what is being made.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, ...

    Returns:
        The atlas, to be read.

    Raises:
        InputError: a unit, the size or a setting is not possible, or the folder has something else
            in it.
        UnknownName: no layer, class, setting or kind of evidence has this name.
        OutputError: the folder cannot be written, or another process writes to it.

    Example:
        ``cs.build_atlas(network, "atlas", "block5_conv3:*").picture("block5_conv3:17")``
    """
    whole("batch", batch)
    folder = free(out)
    photos = natural if isinstance(natural, Photos) or natural is None else Photos.of(natural)
    edition = Edition.of(
        network,
        recipe=tuned(recipe or recipe_for("picture", tokens=network.has_tokens), settings),
        size=size,
        natural=photos.digest if photos else None,
    )
    planned = plan(network, edition, units, first=first, evidence=evidence, batch=batch)
    with writing(folder) as store:
        missing = planned.without(store.known(planned.keys()))
        there = sum(store.counts(edition.name).values())
        store.begin(edition, there + missing.total)
        if missing.batches:
            show_progress = progress or silent
            measured = with_natural(network, photos, planned.layers, show_progress)
            _fill(
                store,
                planned,
                missing,
                show_progress,
                lambda show: runner(measured, edition, missing.batches, show),
            )
    return Atlas(folder, edition.name)


def with_natural(
    network: Network, photos: Photos | None, layers: Sequence[str], progress: Progress
) -> Network:
    """Return the network with statistics of its responses to photos, if there are any."""
    if photos is None:
        return network
    arrays: dict[str, Any] = {}
    count = 0
    words: Words | str = NOT_MEASURED
    for own in natural_of(network, layers, photos, progress, words=True).values():
        arrays |= own.statistics.arrays
        count, words = own.statistics.count, own.statistics.words
    return replace(network, natural=Statistics(network.digest, count, arrays, words))


def _fill(
    store: Writer,
    planned: Plan,
    missing: Plan,
    progress: Progress,
    run: Callable[[Progress], Iterator[Done]],
) -> None:
    """Write each batch when it is finished, and say how far it is and how long the rest takes."""
    pace, left, began = Pace(), list(missing.batches), time.monotonic()
    before = planned.total - missing.total
    done = 0

    def show(inside: float, what: str = "") -> None:
        seconds = pace.left(left)
        time_left = f", {spoken(seconds)} left" if seconds is not None else ""
        layer = left[0].layer if left else "done"
        now = inside * len(left[0].items) if left else 0.0
        message = f"{layer}: {before + done:,} of {counted(planned.total, 'picture')}{time_left}"
        progress((before + done + now) / planned.total, message)

    show(0.0)
    for batch, painted, seconds in run(show):
        store.add(painted, planned.edition.name, seconds)
        pace.add(batch, seconds, time.monotonic() - began)
        left.remove(batch)
        done += len(painted)
        show(0.0)
