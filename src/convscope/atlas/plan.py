"""What an atlas is to have: which pictures, in which batches, the cheapest layers first."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from convscope.atlas.edition import Edition
from convscope.brief import Brief, counted
from convscope.errors import InputError, refuse_unknown, some
from convscope.networks.blocks import main_layers
from convscope.networks.network import Network
from convscope.networks.units import Unit

SEEDS = 3  # further seeds of the evidence 'seeds'
BATCH = 16  # pictures: on a processor more at once are no faster

Made = tuple[Unit, int]  # a unit and the seed of its picture


def opposite(unit: Unit, seed: int) -> list[Made]:
    """Return the picture with the lowest response."""
    return [(replace(unit, negative=not unit.negative), seed)]


def seeds(unit: Unit, seed: int) -> list[Made]:
    """Return pictures of the same unit from further seeds."""
    return [(unit, seed + copy) for copy in range(1, SEEDS + 1)]


# Further pictures of each unit, made on request.
EVIDENCE: dict[str, Callable[[Unit, int], list[Made]]] = {"opposite": opposite, "seeds": seeds}


@dataclass(frozen=True)
class Item:
    """One picture that an atlas is to have.

    Args:
        unit: a unit of the network.
        seed: of the picture.
        label: the unit's address, with a class's label.
        key: what identifies the picture, of the edition.
        place: of its layer among the layers of the network.
    """

    unit: Unit
    seed: int
    label: str
    key: str
    place: int


@dataclass(frozen=True)
class Batch(Brief):
    """Pictures of one layer that are made together, and finished together.

    Args:
        layer: its address.
        items: the pictures.
        work: how much computing one step of one picture takes, in multiplications; a rough count.
    """

    layer: str
    items: tuple[Item, ...]
    work: float

    def without(self, keys: Collection[str]) -> "Batch":
        """Return the batch without the pictures that are there already."""
        return replace(self, items=tuple(each for each in self.items if each.key not in keys))

    def _brief(self) -> str:
        return f"{counted(len(self.items), 'picture')} of {self.layer}"


@dataclass(frozen=True)
class Plan(Brief):
    """All batches of an edition, in the order in which they are made."""

    edition: Edition
    batches: tuple[Batch, ...]

    @property
    def total(self) -> int:
        """How many pictures there are to be."""
        return sum(len(batch.items) for batch in self.batches)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers, in the order in which they are made."""
        return tuple(dict.fromkeys(batch.layer for batch in self.batches))

    def without(self, keys: Collection[str]) -> "Plan":
        """Return the plan of what is missing, in the same batches."""
        left = (batch.without(keys) for batch in self.batches)
        return replace(self, batches=tuple(batch for batch in left if batch.items))

    def keys(self) -> list[str]:
        """Return the keys of all pictures, in order."""
        return [item.key for batch in self.batches for item in batch.items]

    def _brief(self) -> str:
        return (
            f"{counted(self.total, 'picture')} in {counted(len(self.batches), 'batch', 'batches')}"
        )


def plan(
    network: Network,
    edition: Edition,
    units: Sequence[str | Unit] = (),
    *,
    first: str | None = None,
    evidence: Iterable[str] = (),
    batch: int = BATCH,
) -> Plan:
    """Return which pictures an atlas is to have, and in which batches.

    Layers come in the order in which they run, so that those whose pictures take least time are
    first. A layer is cut into batches by the units alone, whatever is there already: a picture
    hardly depends on its batch, but it does.

    Args:
        network: from ``convscope.load``.
        edition: how the pictures are made.
        units: addresses; every channel of every convolution and every class if none are given.
        first: a layer that comes before all others.
        evidence: further pictures of each unit, names in ``EVIDENCE``.
        batch: the most pictures in a batch.

    Raises:
        InputError: a unit or the layer is not possible, or there is no unit at all.
        UnknownName: no layer, class or kind of evidence has this name.
    """
    planned = list(dict.fromkeys(evidence))
    refuse_unknown("evidence", planned, EVIDENCE)
    found = dict.fromkeys(network.units(*units) if units else every_unit(network))
    order = {address: place for place, address in enumerate(network.layers)}
    ahead = network.layer(first).address if first is not None else None
    layers = {unit.layer for unit in found}
    if ahead is not None and ahead not in layers:
        raise InputError.expected(
            "a first layer that the atlas has units of", first, f"It has: {some(sorted(layers))}."
        )
    work = _work(network)
    batches: list[Batch] = []
    seen: set[str] = set()
    for layer in sorted(layers, key=lambda each: (each != ahead, order[each])):
        own = [(unit, edition.recipe.seed) for unit in found if unit.layer == layer]
        more = [[one for made in own for one in EVIDENCE[name](*made)] for name in planned]
        for pictures in (own, *more):
            items = []
            for unit, seed in pictures:
                key = edition.key(unit, seed)
                if key not in seen:
                    seen.add(key)
                    items.append(Item(unit, seed, network.describe(unit), key, order[layer]))
            batches += [Batch(layer, part, work[layer]) for part in _cut(items, batch)]
    return Plan(edition, tuple(batches))


def every_unit(network: Network) -> list[Unit]:
    """Return every channel of every convolution, and every class.

    Raises:
        InputError: the network has neither.
    """
    layers = main_layers(network)
    if network.head and network.head not in layers:
        layers.append(network.head)
    if not layers:
        raise InputError(
            f"{network.name} has no convolutions that give maps and no classes. Name the units: "
            "a layer with ':*', out of 'convscope units'."
        )
    return [Unit(info.address, channel) for info in layers for channel in range(info.channels)]


def _cut(items: Sequence[Item], most: int) -> Iterable[tuple[Item, ...]]:
    """Cut pictures into batches of one kind of unit each."""
    for kind in dict.fromkeys(item.unit.kind for item in items):
        same = [item for item in items if item.unit.kind == kind]
        for start in range(0, len(same), most):
            yield tuple(same[start : start + most])


def _work(network: Network) -> dict[str, float]:
    """Return for each layer how many multiplications the network needs as far as it."""
    total, found = 0.0, {}
    for info in network.layers.values():
        places = math.prod(info.shape[:-1]) if info.is_map else 1
        total += info.parameters * places + math.prod(info.shape)
        found[info.address] = total
    return found
