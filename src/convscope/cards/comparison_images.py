"""The pictures that a picture is compared with, made in the same way and in few batches."""

import zlib
from dataclasses import replace

import numpy as np

from convscope.maximization.maximize import maximized
from convscope.maximization.result import Maximized
from convscope.maximization.task import Task
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.objectives import from_unit
from convscope.progress import Progress

Row = tuple[Maximized, ...]


def comparison_images(
    network: Network, result: Maximized, seeds: int, others: int, progress: Progress
) -> tuple[Row, tuple[Row, ...], Maximized | None]:
    """Make the same picture from other seeds, those of other units, and the minimal one.

    The three are ``seeds``, ``others`` and ``minimal`` of ``Evidence``.

    Only a unit has a minimal picture; the minimum of a penalty, for example, is noise. A set that
    is scored together is not made again from other seeds.
    """
    unit, first = result.unit, result.recipe.seed
    count = 1 if result.objective.coupled else seeds
    subjects = [Task(result.objective, first + copy) for copy in range(1, count)]
    rows = [from_unit(other) for other in drawn_units(network, unit, others, first)] if unit else []
    subjects += [Task(other, first + copy) for other in rows for copy in range(count)]
    if unit:
        subjects.append(Task(from_unit(replace(unit, negative=not unit.negative)), first))
    made = made_alike(network, result, subjects, progress)
    same, rest = made[: count - 1], made[count - 1 :]
    groups = (tuple(rest[place * count : (place + 1) * count]) for place in range(len(rows)))
    return (result, *same), tuple(groups), made[-1] if unit else None


def drawn_units(network: Network, unit: Unit, count: int, seed: int) -> list[Unit]:
    """Return other units of a unit's layer, drawn at random; the same for the same seed."""
    if unit.channel is None:
        return []
    channels = network.layers[unit.layer].channels
    rest = [channel for channel in range(channels) if channel != unit.channel]
    chance = np.random.default_rng([seed, zlib.crc32(str(unit).encode())])
    if not rest:
        return []
    some = chance.choice(rest, min(count, len(rest)), replace=False)
    return [replace(unit, channel=int(channel)) for channel in sorted(some)]


def made_alike(
    network: Network, result: Maximized, subjects: list[Task], progress: Progress
) -> list[Maximized]:
    """Return pictures made by another one's recipe, at its size."""
    size = result.picture.shape[:2]
    pictures = maximized(
        network, subjects, size=(size[0], size[1]), recipe=result.recipe, progress=progress
    )
    return list(pictures)
