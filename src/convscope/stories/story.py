"""``story``: a photo's way through a network, layer by layer."""

import os
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from convscope.activation.activations import activations
from convscope.activation.representative_layers import representative_layers as some_layers
from convscope.datasets.photos import Photos
from convscope.errors import InputError
from convscope.images import BACKGROUND, PhotoLike, Picture
from convscope.maximization.maximize import maximize
from convscope.maximization.recipes import RECIPES
from convscope.maximization.result import Maximized
from convscope.maximization.thumbnails import common_precision, thumbnails
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path
from convscope.networks.provenance import source
from convscope.networks.units import Unit
from convscope.objectives import Objective, caricature, inversion, score_pictures
from convscope.progress import Progress, part
from convscope.stories.class_reading import Reading, readings
from convscope.stories.result import Stage, Story
from convscope.validation import whole

COUNT = 6  # channels of each layer
# How much of the time has passed when the photos are measured, and when the channels are pictured.
MEASURED, LOOKED = 0.1, 0.4
TAKEN = 3  # classes that are shown


def story(
    network: Network,
    photo: PhotoLike,
    layers: str | Sequence[str] | None = None,
    *,
    count: int = COUNT,
    natural: str | os.PathLike[str] | None = None,
    seed: int = 0,
    steps: int = RECIPES["picture-aligned"].steps,
    pictures: bool = True,
    precision: str = "auto",
    progress: Progress | None = None,
) -> Story:
    """Return a photo's way through a network: at each layer, what responds and what is still there.

    At each layer two pictures are made from noise. The inversion has the same responses as the
    photo, so it shows what the layer keeps (Mahendran 2015, "Understanding Deep Image
    Representations by Inverting Them"). The caricature has the same responses, exaggerated, so it
    shows what the layer makes of the photo. The network's own classes for the inversion say what
    could still be recognised from that layer.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layers: addresses of layers that have rows and columns; by default about five, from early to
            late.
        count: how many channels of each layer, strongest first.
        natural: a folder or .zip of photos. With it a class is also read off each layer, as the
            class whose photos have the nearest mean response.
        seed: of the inversions and caricatures.
        steps: how many steps of gradient ascent each of them takes.
        pictures: whether to make the pictures of what the channels look for.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called now and then with the fraction done, in [0, 1], and what is being done.

    Returns:
        One stage for each layer, with its strongest channels, its inversion and its caricature.

    Raises:
        InputError: a layer, the photo or the folder cannot be used, or ``natural`` is given for a
            network without a class layer.
        UnknownName: no layer has this name.

    Example:
        ``cs.story(cs.load(), "photo.jpg").save("story.png")``
    """
    count = whole("count", count)
    infos = some_layers(network, layers)
    computing = common_precision(precision, network)
    if natural is not None and network.head is None:
        raise InputError(
            f"{network.name} has no class layer, so no classes can be read off. Try: without "
            "natural photos."
        )
    photos = None if natural is None else Photos.of(natural)
    addresses = [info.address for info in infos]
    seen = activations(network, photo, addresses)
    read: dict[str, Reading] = {}
    if photos is not None:
        measuring = part(progress, 0, MEASURED, "Measuring natural pictures")
        read = readings(network, seen.photo, photos, addresses, measuring)
    strongest = {layer: tuple(seen.strongest(layer, count)) for layer in addresses}
    units = [strong.unit for some in strongest.values() for strong in some]
    looking = part(progress, MEASURED, LOOKED, "Making pictures of the channels")
    made: dict[Unit, Picture] = (
        thumbnails(network, units, looking, precision=computing) if pictures else {}
    )

    def maximizing(goal: Objective, place: float) -> Maximized:
        begin, end = (LOOKED + (1 - LOOKED) * at / len(addresses) for at in (place, place + 0.5))
        keeping = part(progress, begin, end, f"What {goal.layers[0]} keeps of the photo")
        return maximize(
            network, goal, progress=keeping, seed=seed, steps=steps, precision=computing
        )

    stages = []
    for place, layer in enumerate(addresses):
        left = maximizing(inversion(layer, photo), place)
        stages.append(
            Stage(
                layer=layer,
                strongest=strongest[layer],
                maps=seen.maps[layer],
                inversion=left,
                caricature=maximizing(caricature(layer, photo), place + 0.5),
                gray=_error_of_gray(network, left.objective),
                taken=network.opinion(left.picture, TAKEN),
                reading=read.get(layer),
            )
        )
    return Story(
        photo=seen.photo,
        stages=tuple(stages),
        pictures=MappingProxyType(made),
        top=seen.top,
        network=network.name,
        natural=None if photos is None else recorded_path(photos.where),
        source=MappingProxyType({**source(network, photo), "precision": computing}),
    )


def _error_of_gray(network: Network, goal: Objective) -> float:
    """Return the error of plain gray, which shows nothing of the photo."""
    plain = np.full((1, *network.size, network.channels), BACKGROUND, "float32")
    return -float(score_pictures(network, [goal], plain)[0])
