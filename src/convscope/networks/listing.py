"""The names inside a network, remembered so that a shell can complete them without a framework."""

import hashlib
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from convscope import files
from convscope.brief import Brief
from convscope.errors import OutputError
from convscope.networks.loading import embedded
from convscope.networks.network import Network
from convscope.networks.units import quoted


@dataclass(frozen=True)
class Listing(Brief):
    """What can be asked for in a network, as it is written in an address.

    Args:
        layers: in the order of the network.
        head: the layer of the classes; '' if there is none.
        labels: of the classes; none if they have no names.
    """

    layers: tuple[str, ...]
    head: str = ""
    labels: tuple[str, ...] = ()


def remember(source: str, network: Network) -> None:
    """Keep the names of a network in the cache; those in this package need none.

    Args:
        source: the name or the file that it was loaded from.
        network: the network.
    """
    if source in embedded.NETWORKS:
        return
    head = network.head
    found = Listing(
        tuple(quoted(address) for address in network.layers),
        quoted(head.address) if head else "",
        tuple(quoted(label) for label in network.labels or () if head),
    )
    if recall(source) != found:
        with suppress(OutputError):  # a full disk: then nothing is completed
            files.put_json(_path(source), asdict(found))


def recall(source: str) -> Listing | None:
    """Return the names of a network in this package, or of one that was loaded before, or None."""
    own = embedded.NETWORKS.get(source)
    if own is not None:
        with np.load(own.natural, allow_pickle=False) as file:
            names = dict.fromkeys(name.split("/")[0] for name in file.files if "/" in name)
        every = tuple(names)
        return Listing(every, every[-1], embedded.labels()[: own.classes])
    found = files.remembered(_path(source))
    layers, labels = _texts(found.get("layers")), _texts(found.get("labels"))
    head = found.get("head")
    if layers is None or labels is None or not isinstance(head, str):
        return None
    return Listing(layers, head, labels)


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return tuple(value)


def _path(source: str) -> Path:
    """Return the file in the cache of a network's names; another one when its file has changed."""
    key = source
    with suppress(OSError, ValueError):
        state = os.stat(source)
        key = f"{os.path.abspath(source)} {state.st_mtime_ns} {state.st_size}"
    return files.cache() / "listings" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
