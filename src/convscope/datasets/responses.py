"""Responses of layers to a folder of photos: measured in one pass and kept in the cache.

Every response is kept, in float32, because histograms, exemplars and correlations need each one: a
layer of 256 channels and 10,000 photos take 10 MB for each kind. A layer is measured when it is
first needed, which saves time and disk space for the 25,000 units of a ``flatten``. The files are
plain .npy, never pickles, and are mapped into memory; an .npz would have to be read as a whole.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import numpy as np

from convscope import backend, files
from convscope.backend import Tensor, ops, to_numpy
from convscope.brief import Brief
from convscope.datasets.photos import LEAST, Photos, Read
from convscope.errors import InputError, PictureError
from convscope.networks import batch_size
from convscope.networks.layers import LayerInfo
from convscope.networks.natural_statistics import Statistics, summary
from convscope.networks.neighbours import MOST, neighbours
from convscope.networks.network import Network, not_finite
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.tokens import token_name, token_number
from convscope.progress import Progress, silent

VERSION = 1  # of what the files hold
BLOCK = 1024  # columns summarised at once


def _space(values: Tensor) -> tuple[int, ...]:
    return tuple(range(1, len(values.shape) - 1))


def mean(values: Tensor) -> Tensor:
    """Return the mean over space: (n, ..., channels) to (n, channels)."""
    return ops.mean(values, axis=_space(values)) if _space(values) else values


def middle(maps: Tensor) -> Tensor:
    """Return the middle neuron's response: (n, height, width, channels) to (n, channels)."""
    return maps[:, maps.shape[1] // 2, maps.shape[2] // 2]


def highest(maps: Tensor) -> Tensor:
    """Return the highest response anywhere: (n, height, width, channels) to (n, channels)."""
    return ops.max(maps, axis=_space(maps))


def lowest(maps: Tensor) -> Tensor:
    """Return the lowest response anywhere: (n, height, width, channels) to (n, channels)."""
    return ops.min(maps, axis=_space(maps))


# What is kept of a layer's responses to one photo.
KINDS: dict[str, Callable[[Tensor], Tensor]] = {
    "channel": mean,
    "neuron": middle,
    "highest": highest,
    "lowest": lowest,
}


@dataclass(frozen=True, eq=False)
class Responses(Brief):
    """One layer's responses, before activation: for each kind an array (photos, channels).

    A vector layer has the kind 'channel' alone. A layer of tokens has one for each token before
    those of the patches, too, such as 'cls'. The row of a photo that could not be read is
    not a number.
    """

    info: LayerInfo
    digest: str  # of the network
    arrays: Mapping[str, np.ndarray]

    @property
    def read(self) -> np.ndarray:
        """The indices of the photos that could be read."""
        return np.flatnonzero(~np.isnan(self.arrays["channel"][:, 0]))

    def of(self, kind: str, channel: int) -> np.ndarray:
        """Return one unit's responses to the photos that could be read."""
        return np.asarray(self.arrays[kind][self.read, channel])

    def statistics(self) -> Statistics:
        """Return the statistics of these responses, as ``natural_measurement.measure`` would."""
        rows, layer = self.read, self.info.address
        arrays: dict[str, np.ndarray] = {}
        for kind in sorted(self.arrays.keys() - {"highest", "lowest"}):
            parts = [summary(block[rows]) for block in _blocks(self.arrays[kind])]
            arrays |= {
                f"{layer}/{kind}/{name}": np.concatenate([part[name] for part in parts], -1)
                for name in parts[0]
            }
        if self.arrays["channel"].shape[1] <= MOST:
            alike = neighbours(self.arrays["channel"][rows])
            arrays |= {f"{layer}/{name}": found for name, found in alike.items()}
        highest = self.arrays.get("highest", self.arrays["channel"])
        excited = [(block[rows] > 0).mean(0) for block in _blocks(highest)]
        arrays[f"{layer}/excited"] = np.concatenate(excited).astype("float32")
        return Statistics(self.digest, len(rows), arrays)


def responses(
    network: Network,
    photos: Photos,
    layers: Sequence[str],
    *,
    kinds: Sequence[str] = tuple(KINDS),
    progress: Progress = silent,
) -> dict[str, Responses]:
    """Return the responses of some layers, from the cache or measured in one pass.

    Args:
        network: from ``convscope.load``.
        photos: natural pictures, brought to the network's own size.
        layers: addresses.
        kinds: of ``KINDS``; what is not asked for is not kept.
        progress: called with the fraction of the photos done.

    Raises:
        InputError: the network takes no photos, or hardly any could be read.
    """
    if network.channels not in (1, 3):
        raise InputError(
            f"{network.name} takes pictures of {network.channels} channels. Received: photos."
        )
    folder = _folder(network, photos)
    paths = {
        (layer, kind): folder / f"{quote(layer, safe='')}-{kind}.npy"
        for layer in layers
        for kind in _kinds(network.layers[layer], kinds)
    }
    shapes = {key: (len(photos.names), network.layers[key[0]].channels) for key in paths}
    missing = {key: path for key, path in paths.items() if _known(path, shapes[key]) is None}
    if missing:
        _measure(network, photos, missing, progress)
    arrays: dict[str, dict[str, np.ndarray]] = {layer: {} for layer in layers}
    for (layer, kind), path in paths.items():
        arrays[layer][kind] = np.load(path, mmap_mode="r", allow_pickle=False)
    found = {
        layer: Responses(network.layers[layer], network.digest, own)
        for layer, own in arrays.items()
    }
    for own in found.values():
        if len(own.read) < LEAST:
            raise InputError.expected(
                f"at least {LEAST} photos in '{photos.where}' that can be read",
                f"{len(own.read)} of {len(photos.names)}",
            )
    return found


def _kinds(info: LayerInfo, kinds: Sequence[str]) -> list[str]:
    """Return which of some kinds a layer has, and its tokens wherever neurons are wanted."""
    if not info.is_map:
        return ["channel"]
    tokens = range(info.prefix or 0) if "neuron" in kinds else ()
    return [*kinds, *map(token_name, tokens)]


def _tap(layer: str, kind: str) -> Tap:
    return Tap(layer, token=token_number(kind))


def _folder(network: Network, photos: Photos) -> Path:
    """Return the cache folder for these pictures and this network."""
    feed = (VERSION, network.preprocessing, network.size, network.channels)
    key = hashlib.sha256(f"{feed}{photos.digest}".encode()).hexdigest()[:16]
    return files.cache() / "natural" / f"{network.digest}-{key}"


def _known(path: Path, shape: tuple[int, int]) -> np.ndarray | None:
    """Return the array in a file, if it is complete."""
    with suppress(OSError, ValueError, EOFError):
        found = np.load(path, mmap_mode="r", allow_pickle=False) if path.is_file() else None
        if isinstance(found, np.ndarray) and found.shape == shape and found.dtype == np.float32:
            return np.asarray(found)
    return None


def _measure(
    network: Network, photos: Photos, paths: Mapping[tuple[str, str], Path], progress: Progress
) -> None:
    """Write the files, a batch of rows at a time; all of them are complete, or none exists."""
    layers = sorted({layer for layer, _ in paths})
    batch = batch_size.max_batch_size(network, layers, network.size)
    with ExitStack() as stack:
        outputs: dict[tuple[str, str], BinaryIO] = {}
        for key, path in paths.items():
            hidden = stack.enter_context(files.draft(path))
            outputs[key] = stack.enter_context(hidden.open("wb"))
            shape = (len(photos.names), network.layers[key[0]].channels)
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(outputs[key], header)
        read = stack.enter_context(photos.opened())
        done = 0
        for rows in _rows(network, photos, read, sorted(paths), batch):
            for key, values in rows.items():
                outputs[key].write(values.astype("<f4").tobytes())
                size = len(values)
            done += size
            progress(done / len(photos.names), "Measuring natural pictures")


def _rows(
    network: Network, photos: Photos, read: Read, keys: Sequence[tuple[str, str]], batch: int
) -> Iterator[dict[tuple[str, str], np.ndarray]]:
    """Yield the photos' responses, a batch at a time."""
    taps = tuple(sorted({_tap(layer, kind) for layer, kind in keys}))

    def make() -> Callable[..., Any]:
        def listen(some: Tensor) -> list[Tensor]:
            seen = network.forward(some, taps)
            # Reduced inside the program, so that no batch's maps are ever held all at once.
            return [KINDS.get(kind, mean)(seen[_tap(layer, kind)]) for layer, kind in keys]

        return backend.compiled(listen, network.model.variables)

    with network.cached_program(("natural", tuple(keys)), make) as program:
        for start in range(0, len(photos.names), batch):
            names = photos.names[start : start + batch]
            # Always full batches: a smaller last one would be another program.
            some = np.full((batch, *network.size, network.channels), 0.5, "float32")
            damaged = []
            for place, name in enumerate(names):
                try:
                    some[place] = to_input(network, read(name))
                except PictureError:
                    damaged.append(place)
            rows = {}
            for key, value in zip(keys, program(some), strict=True):
                values = to_numpy(value, "float32")[: len(names)]
                if not np.isfinite(values).all():
                    raise not_finite(network, key[0])
                values[damaged] = np.nan
                rows[key] = values
            yield rows


def _blocks(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, values.shape[1], BLOCK):
        yield values[:, start : start + BLOCK]
