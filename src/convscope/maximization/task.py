"""The tasks of a gallery: each an objective and a seed."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from convscope.brief import Brief
from convscope.errors import InputError
from convscope.maximization.field import middle_neuron
from convscope.networks.network import Network
from convscope.objectives import Objective
from convscope.objectives.parser import What, objective

LONGEST = 80  # letters of a file name without its suffix


@dataclass(frozen=True)
class Task(Brief):
    """A task: an objective with full addresses, and the seed of its picture.

    ``group`` is a number that is equal for pictures of one set, which are scored together; None
    for a picture that is scored alone. ``label`` is the objective's text with names of classes, and
    ``name`` its file name if the network has been asked for one.
    """

    objective: Objective
    seed: int
    group: int | None = None
    label: str = ""
    name: str = ""

    @property
    def stem(self) -> str:
        """The file name without its suffix: 'block5_conv3-17', 'predictions-bee'."""
        return self.name or file_stem(self.objective, self.label)


def tasks(
    network: Network, what: Iterable[What], count: int, seed: int, size: object = None
) -> list[Task]:
    """Return the tasks: each objective ``count`` times, with consecutive seeds.

    For the size 'field' a channel stands for the neuron in the middle of its map.

    Copies of a coupled objective (diversity, alignment) form a set. So do different coupled
    objectives if there is one of each, as in an interpolation.
    """
    if not isinstance(count, int) or count < 1:
        raise InputError.expected("at least one picture of each", f"count={count}")
    found = [each for one in what for each in objective(one).resolved(network)]
    if size == "field":
        found = [middle_neuron(network, each) for each in found]
    together = [each for each in found if each.coupled] if count == 1 else []
    if together and (len(together) < len(found) or len({each.kind for each in together}) > 1):
        raise InputError.expected(
            "one set of pictures that see each other, of one kind and nothing beside it",
            "; ".join(map(str, found)),
        )
    return [
        Task(
            each,
            seed + copy,
            (place if count > 1 else 0) if each.coupled else None,
            each.describe(network),
            network_stem(each, network),
        )
        for place, each in enumerate(found)
        for copy in range(count)
    ]


def file_stems(subjects: Iterable[Task]) -> Iterator[str]:
    """Yield a file name for each task, with the seed where names would be the same."""
    every = list(subjects)
    names = [subject.stem for subject in every]
    given: Counter[str] = Counter()
    for subject, name in zip(every, names, strict=True):
        own = name if names.count(name) == 1 else f"{name}-seed-{subject.seed}"
        given[own] += 1
        yield own if given[own] == 1 else f"{own}-{given[own]}"


def file_stem(objective: Objective, label: str = "") -> str:
    """Return an objective as a file name without its suffix, by its label if there is one."""
    if objective.unit and label in ("", str(objective)):
        return objective.unit.stem
    return plain(label or str(objective))


def network_stem(objective: Objective, network: Network) -> str:
    """Return an objective as a file name that differs between all classes of a network."""
    return indexed(file_stem(objective, objective.describe(network)), objective, network)


def indexed(name: str, objective: Objective, network: Network) -> str:
    """Return a file name, with the indices of those classes whose labels give equal file names."""
    if network.head is None or not network.labels:
        return name
    alike = _alike(network.labels)
    for unit in objective.units:
        if unit.layer == network.head.address and unit.channel in alike:
            more = f"-{unit.channel}"
            name = name if name.endswith(more) else f"{name}{more}"
    return name


@lru_cache(maxsize=8)
def _alike(labels: tuple[str, ...]) -> frozenset[int]:
    """Return the classes that would share a file name: equal labels, or such as 'a b' and 'a-b'."""
    names = [plain(f":{label}").casefold() for label in labels]
    counts = Counter(names)
    return frozenset(place for place, name in enumerate(names) if counts[name] > 1)


def plain(text: str) -> str:
    """Return the text of an objective as a file name without its suffix.

    Example:
        >>> plain("-predictions:sports car")
        'minus-predictions-sports-car'
    """
    text = f"minus {text[1:]}" if text.startswith("-") else text
    name = re.sub(r"[^\w.]+", "-", text.replace(" + ", " plus ").replace(" - ", " minus "))
    name = name.strip("-")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}-{zlib.crc32(text.encode()):08x}"
