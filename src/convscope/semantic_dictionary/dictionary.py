"""``dictionary``: which channels of each layer fire at one place of a photo."""

import os
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from convscope.activation.representative_layers import representative_layers as some_layers
from convscope.datasets.distribution import natural as measured
from convscope.datasets.photos import Photos
from convscope.errors import InputError
from convscope.images import PhotoLike, Picture
from convscope.maximization.thumbnails import common_precision, thumbnails
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import recorded_path, to_input
from convscope.networks.places import Sight, sight
from convscope.networks.provenance import source
from convscope.networks.regions import region
from convscope.networks.units import Unit
from convscope.progress import Progress, part
from convscope.semantic_dictionary.result import Dictionary, FiringChannel, LayerEntry
from convscope.validation import whole

COUNT = 8  # channels of each layer
# Of the layer's median deviation, as the least deviation of a unit. Otherwise a unit that hardly
# ever changes would be far above its mean after the smallest change.
LEAST = 0.1
MEASURED = 0.3  # of the time has passed when the photos are measured


def dictionary(
    network: Network,
    photo: PhotoLike,
    at: tuple[int, int],
    layers: str | Sequence[str] | None = None,
    *,
    count: int = COUNT,
    natural: str | os.PathLike[str] | None = None,
    pictures: bool = True,
    precision: str = "auto",
    progress: Progress | None = None,
) -> Dictionary:
    """Return which channels of each layer fire at one place of a photo, each shown by its picture.

    The idea is the semantic dictionary of Olah 2018, "The Building Blocks of Interpretability".
    Channels are ordered by how unusual their response is there: the number of standard deviations
    of the neuron's response, before activation, above its mean. Ordered by the response alone, the
    same few channels would come first everywhere. Mean and deviation are taken over the photos in
    ``natural``, or over the natural pictures whose statistics the network brings, or, without
    either, over the layer's map of this photo.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        at: row and column of the place, in pixels of the photo after it is cropped and resized for
            the network.
        layers: addresses of layers that have rows and columns; by default about five, from early to
            late.
        count: how many channels of each layer.
        natural: a folder or .zip of photos, to compare with.
        pictures: whether to make the pictures of what the channels look for.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called now and then with the fraction done, in [0, 1], and what is being done.

    Returns:
        One entry for each layer: the neuron whose receptive field is centred nearest to the place,
        and its most unusual channels.

    Raises:
        InputError: there is no such place, or a layer, the photo or the folder cannot be used.
        UnknownName: no layer has this name.

    Example:
        ``cs.dictionary(cs.load(), "photo.jpg", at=(20, 35)).save("place.png")``
    """
    count = whole("count", count)
    infos = some_layers(network, layers)
    computing = {"precision": common_precision(precision, network)} if pictures else {}
    picture = to_input(network, photo)
    place = _place(picture, at)
    photos = None if natural is None else Photos.of(natural)
    addresses = [info.address for info in infos]
    measuring = part(progress, 0, MEASURED, "Measuring natural pictures")
    known = measured(network, addresses, photos, measuring)
    taps = [Tap(info.address, after) for info in infos for after in (False, True)]
    seen = network.activations(picture[None], taps)
    entries = []
    for info in infos:
        before, after = (seen[Tap(info.address, when)][0] for when in (False, True))
        own = known.get(info.address)
        entries.append(
            _entry(
                info.address,
                sight(info, region(network, info), place),
                before.astype("float64"),
                after.astype("float64"),
                own.statistics if own else None,
                count,
            )
        )
    units = dict.fromkeys(word.channel for entry in entries for word in entry.words)
    looking = part(progress, MEASURED, 1, "Making pictures of the channels")
    made = thumbnails(network, units, looking, **computing) if pictures and units else {}
    return Dictionary(
        photo=picture,
        at=place,
        entries=tuple(entries),
        pictures=MappingProxyType(made),
        top=network.opinion(picture),
        network=network.name,
        natural=None if photos is None else recorded_path(photos.where),
        source=MappingProxyType({**source(network, photo), **computing}),
    )


def _place(picture: Picture, at: tuple[int, int]) -> tuple[int, int]:
    height, width = picture.shape[:2]
    try:
        row, column = (int(number) for number in at)
    except (TypeError, ValueError):
        raise InputError.expected(
            f"a place as (row, column), such as ({height // 2}, {width // 2})", repr(at)
        ) from None
    if not (0 <= row < height and 0 <= column < width):
        raise InputError(
            f"As the network is fed it, the photo has places 0,0 to {height - 1},{width - 1}. "
            f"Received: {row},{column}."
        )
    return row, column


def _entry(
    layer: str,
    where: Sight,
    before: np.ndarray,
    after: np.ndarray,
    statistics: Statistics | None,
    count: int,
) -> LayerEntry:
    """Return one layer's entry, from maps (height, width, channels) before and after activation."""
    mean, deviation, natural = _usual(layer, before, statistics)
    floor = LEAST * float(np.median(deviation))
    unusual = (before[where.neuron] - mean) / np.maximum(deviation, max(floor, 1e-12))
    response = after[where.neuron]
    firing = np.flatnonzero(response > 0)
    order = firing[np.argsort(-unusual[firing], kind="stable")][:count]
    words = tuple(
        FiringChannel(Unit(layer, int(c), where.neuron), float(response[c]), float(unusual[c]))
        for c in order
    )
    return LayerEntry(layer, where, words, len(firing), len(response), natural)


def _usual(
    layer: str, before: np.ndarray, statistics: Statistics | None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return mean and deviation of each channel's neurons, and over how many pictures, or 0."""
    name = f"{layer}/neuron"
    if statistics is not None and f"{name}/mean" in statistics.arrays:
        mean, deviation = (statistics.arrays[f"{name}/{part}"] for part in ("mean", "deviation"))
        return mean.astype("float64"), deviation.astype("float64"), statistics.count
    return before.mean(axis=(0, 1)), before.std(axis=(0, 1)), 0
