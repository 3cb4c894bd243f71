"""Responses of a layer at random places of photos, and what each does to the classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope import backend
from convscope.attribution.layer_maps import changed_maps
from convscope.backend import Tensor, ops, to_numpy
from convscope.brief import Brief
from convscope.datasets.photos import LEAST, Photos
from convscope.errors import InputError, PictureError
from convscope.networks import batch_size
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network, not_finite
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.progress import Progress, silent


@dataclass(frozen=True, eq=False)
class Samples(Brief):
    """Responses of one layer, each at one place of one photo.

    Args:
        photos: (n,), the index of each response's photo.
        places: (n, 2), its row and column in the layer's maps.
        vectors: (n, channels), after activation; none of them is zero.
        effects: (n, classes), how much each class's response falls when the layer's response at
            that place alone is set to zero; None if the layer does not lead to classes.
    """

    photos: np.ndarray
    places: np.ndarray
    vectors: np.ndarray
    effects: np.ndarray | None

    def __len__(self) -> int:
        return len(self.vectors)


def sample(
    network: Network,
    photos: Photos,
    info: LayerInfo,
    per_photo: int,
    seed: int,
    progress: Progress = silent,
) -> Samples:
    """Return a layer's response at some random places of each photo, not at the edges.

    Photos that cannot be read are left out, and so are places where the layer responds to nothing,
    since a vector of length zero has no direction.

    Args:
        network: from ``convscope.load``.
        photos: brought to the network's own size.
        info: a layer that has rows and columns.
        per_photo: places of each photo, all different.
        seed: of the places; a photo's places depend on it and on the photo's position alone.
        progress: called with the fraction of the photos done.

    Raises:
        InputError: hardly any photo could be read.
    """
    rows, columns, channels = info.shape
    classes = leads_to_classes(network, info)
    batch = batch_size.max_batch_size(network, list(network.layers)[-1:], network.size)
    found: list[tuple[np.ndarray, ...]] = []
    read = 0

    def make() -> Callable[..., Any]:
        return backend.compiled(_program(network, info, classes), network.model.variables)

    with (
        network.cached_program(("samples", info.address, classes), make) as program,
        photos.opened() as opened,
    ):
        for start in range(0, len(photos.names), batch):
            names = photos.names[start : start + batch]
            # Always full batches: a smaller last one would be another program.
            some = np.full((batch, *network.size, network.channels), 0.5, "float32")
            whole = np.zeros(batch, bool)
            for place, name in enumerate(names):
                try:
                    some[place] = to_input(network, opened(name))
                    whole[place] = True
                except PictureError:
                    continue
            read += int(whole.sum())
            drawn = _drawn(seed, range(start, start + batch), inside(info), per_photo)
            for cells in drawn.T:
                down, across = np.divmod(cells, columns)
                mask = np.zeros((batch, rows, columns, 1), "float32")
                mask[np.arange(batch), down, across] = 1
                arrays = [to_numpy(value, "float32") for value in program(some, mask)]
                if not all(np.isfinite(each[whole]).all() for each in arrays):
                    raise not_finite(network, info.address)
                kept = whole & (np.abs(arrays[0]).max(axis=1) > 0)
                places = np.stack([down, across], axis=1)
                number = start + np.arange(batch)
                found.append(tuple(each[kept] for each in (number, places, *arrays)))
            progress(min(1.0, (start + batch) / len(photos.names)), "Measuring responses")
    if read < LEAST:
        raise InputError.expected(
            f"at least {LEAST} photos in '{photos.where}' that can be read",
            f"{read} of {len(photos.names)}",
        )
    number, places, vectors, *effects = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((places[:, 1], places[:, 0], number))
    return Samples(
        number[order],
        places[order],
        vectors[order].reshape(-1, channels),
        effects[0][order] if effects else None,
    )


def leads_to_classes(network: Network, info: LayerInfo) -> bool:
    """Return whether the network has classes that are computed after a layer."""
    if network.head is None or not network.classifies:
        return False
    order = list(network.layers)
    return order.index(info.address) < order.index(network.head.address)


def inside(info: LayerInfo) -> np.ndarray:
    """Return the places that are drawn from, numbered row by row: all but those at the edges.

    Padding changes the responses at the edges, so that a map with them is one of edges and corners
    (Carter 2019 leaves them out, too). Of fewer than three rows or columns all are taken.
    """
    rows, columns = info.shape[:2]
    places = np.arange(rows * columns).reshape(rows, columns)
    return (places[1:-1, 1:-1] if min(rows, columns) > 2 else places).ravel()


def _drawn(seed: int, photos: range, places: np.ndarray, count: int) -> np.ndarray:
    """Return different places of each photo: (photos, count)."""
    return np.stack(
        [np.random.default_rng([seed, each]).permutation(places)[:count] for each in photos]
    )


def _program(network: Network, info: LayerInfo, classes: bool) -> Callable[..., Sequence[Tensor]]:
    """Return a program from pictures and a mask of one place each to vectors and effects."""
    tap = Tap(network.head.address) if classes and network.head else Tap(info.address, after=True)

    def listen(pictures: Tensor, mask: Tensor) -> list[Tensor]:
        if not classes:
            return [ops.sum(network.forward(pictures, [tap])[tap] * mask, axis=(1, 2))]
        outputs = []

        def without(maps: Tensor) -> Tensor:
            outputs.append(maps)
            return maps * ops.cast(1 - mask, maps.dtype)

        before = _vectors(network.forward(pictures, [tap])[tap])
        with changed_maps(network, info, without):
            after = _vectors(network.forward(pictures, [tap])[tap])
        return [ops.sum(ops.cast(outputs[0], "float32") * mask, axis=(1, 2)), before - after]

    return listen


def _vectors(values: Tensor) -> Tensor:
    """Return (n, ..., classes) as (n, classes): the mean over places."""
    axes = tuple(range(1, len(values.shape) - 1))
    return ops.mean(values, axis=axes) if axes else values
