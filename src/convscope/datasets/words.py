"""``units_in_words``: what units separate best among labelled photos."""

import os
from collections.abc import Mapping, Sequence

import numpy as np

from convscope.datasets.folder_labels import folder_labels
from convscope.datasets.photos import Photos
from convscope.datasets.responses import Responses, responses
from convscope.datasets.separation import LEAST, Sets, best_areas, halves, separated
from convscope.errors import InputError, ModelError
from convscope.networks.network import Network
from convscope.networks.patches.randomized import untrained
from convscope.networks.units import Unit
from convscope.networks.words import NOT_MEASURED, Control, InWords, LayerWords, Words
from convscope.progress import Progress, part, silent


def units_in_words(
    network: Network,
    *units: str | Unit,
    natural: str | os.PathLike[str] | Photos | None = None,
    progress: Progress | None = None,
) -> dict[str, InWords]:
    """Return what channels and classes separate best among labelled photos, in words with numbers.

    A unit's response to a photo is a channel's mean over space, before the activation function, or
    a class's logit. Of each label the area under the ROC curve (AUC) is computed: 1 if every photo
    of the label has a higher response than every other photo, 0.5 if responses tell nothing. The
    best label is chosen on one half of the photos, and its AUC is that of the other half. So are
    'tiger or lion', 'animal and tiger' and 'animal and not tiger'; these are stated only if they
    are ahead of the best single label by 0.03, and no worse than it on the other half. With one
    label a photo only 'or' means anything, and with many labels it cannot be so far ahead.

    A unit that separates tigers best is no detector of tigers: it may respond to stripes, and to
    other photos as well.

    Args:
        network: from ``convscope.load``.
        *units: addresses of channels or classes, such as ``block5_conv3:*``. For a negative unit,
            high and low responses are exchanged.
        natural: a folder of photos, or a .zip of them, with one folder for each label. Folders in
            folders give a photo several labels. The statistics that the network brings if not
            given: for ``vgg16-tiny`` and ``vgg16-tiny-plain`` those of 10,000 photos of Tiny
            ImageNet.
        progress: called with the fraction done, in [0, 1], and what is being measured.

    Returns:
        Each unit in words, by its address: ``str`` gives a sentence, ``high.label`` the label with
        its ``auc`` and ``count``, ``low`` the opposite, ``control`` what an untrained copy of the
        network gets.

    Raises:
        InputError: a unit is no channel and no class, or there are no labelled photos.
        UnknownName: no layer or class has this name.

    Example:
        ``print(cs.units_in_words(cs.load(), "block5_conv3:17")["block5_conv3:17"])``
    """
    found = network.units(*units)
    if not found:
        raise InputError.expected("at least one unit", "none", "Try: 'block5_conv3:*'.")
    words: Words | str
    if natural is None:
        words = network.natural.words if network.natural else NOT_MEASURED
    else:
        photos = natural if isinstance(natural, Photos) else Photos.of(natural)
        layers = list(dict.fromkeys(unit.layer for unit in found))
        measuring = part(progress, 0, 1, "Measuring natural pictures")
        own = responses(network, photos, layers, kinds=("channel",), progress=measuring)
        words = words_of(network, photos, own, progress or silent)
    made = {}
    for unit in found:
        told = words.of(unit) if isinstance(words, Words) else words
        if isinstance(told, str):
            raise InputError(f"{unit} has no words: {told}.")
        made[str(unit)] = told
    return made


def words_of(
    network: Network, photos: Photos, found: Mapping[str, Responses], progress: Progress
) -> Words | str:
    """Return layers in words, or the reason why that cannot be.

    The same is measured on an untrained copy of the network, if one can be built.

    Args:
        network: whose responses these are.
        photos: labelled by their folders.
        found: the responses of each layer.
        progress: called while the untrained copy is measured.
    """
    labels, table = folder_labels(photos)
    if not labels:
        return (
            f"the photos in '{photos.where}' are in no folders. Try: one folder for each class, "
            "named after it"
        )
    rows = next(iter(found.values())).read
    table = table[rows]
    judging = halves(table)
    sets = Sets.of(table, judging)
    if not len(sets.joint):
        return (
            f"no folder in '{photos.where}' has at least {2 * LEAST} photos in it and as many "
            "outside it"
        )
    controls = _controls(network, photos, list(found), sets, judging, progress)
    layers = {
        layer: LayerWords(*separated(_channels(own), sets, judging), controls.get(layer))
        for layer, own in found.items()
    }
    return Words(network.digest, labels, int(judging.sum()), layers)


def control(responses: np.ndarray, sets: Sets, judging: np.ndarray) -> Control:
    """Return how well an untrained network's units separate what they separate best.

    Args:
        responses: of the units of one layer, (photos, units).
        sets: of photos.
        judging: (photos,) of bool.
    """
    table, _ = separated(responses, sets, judging)
    median, most = np.quantile(best_areas(table), (0.5, 0.95))
    return Control(float(median), float(most))


def _controls(
    network: Network,
    photos: Photos,
    layers: Sequence[str],
    sets: Sets,
    judging: np.ndarray,
    progress: Progress,
) -> dict[str, Control]:
    """Return the control of each layer; none if the network has no untrained copy that can run."""
    measuring = part(progress, 0, 1, "Measuring natural pictures, untrained network")
    try:
        copy = untrained(network)
        found = responses(copy, photos, layers, kinds=("channel",), progress=measuring)
    except ModelError:
        return {}
    return {layer: control(_channels(own), sets, judging) for layer, own in found.items()}


def _channels(own: Responses) -> np.ndarray:
    """Return the responses to the photos that could be read; a mapped file if those are all."""
    values, rows = own.arrays["channel"], own.read
    return values if len(rows) == len(values) else values[rows]
