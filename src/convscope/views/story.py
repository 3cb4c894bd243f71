"""The verb: a photo goes in, its way through the network comes out."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from convscope.activations import activations
from convscope.errors import InputError
from convscope.maximize.climb import Step
from convscope.maximize.icons import computed, icons
from convscope.maximize.result import Maximized
from convscope.maximize.verb import ALIGNED, maximize
from convscope.models.network import Network
from convscope.models.photo import written
from convscope.models.provenance import source
from convscope.models.units import Unit
from convscope.objectives import Objective, caricature, inversion, scored
from convscope.pictures import BEHIND, Picture
from convscope.trust.photos import Photos
from convscope.views.layers import told as some_layers
from convscope.views.reading import Reading, readings
from convscope.views.result import Stage, Story

Told = Callable[[str, float | None], None]

COUNT = 6  # channels of each layer
TAKEN = 3  # classes that are told


def story(
    network: Network,
    photo: Any,
    layers: str | Sequence[str] | None = None,
    *,
    count: int = COUNT,
    natural: Any = None,
    seed: int = 0,
    steps: int = ALIGNED.steps,
    pictures: bool = True,
    precision: str = "auto",
    told: Told | None = None,
) -> Story:
    """Tell a photo's way through a network: at each layer who answers, and what is left of it.

    What is left is the inversion: a picture climbed from noise to the same responses. What the
    layer makes of the photo is the caricature: the same responses, exaggerated. What could still be
    read off there is what the network takes the inversion for.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layers: addresses of layers that give maps; about five from early to late by default.
        count: how many channels of each layer, strongest first.
        natural: a folder or .zip of photos: the classes that the network takes them for are read
            off each layer as well, by the nearest mean response.
        seed: of the inversions and caricatures.
        steps: uphill, of each of them.
        pictures: whether to make the pictures of what the channels look for.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        told: called now and then with what is being done and the share of it.

    Raises:
        InputError: there is no such layer, or the photo or the folder cannot be used.

    Example:
        ``cs.story(cs.load(), "photo.jpg").save("story.png")``
    """
    if count < 1:
        raise InputError(f"Expected a count of at least 1. Received: {count}.")
    infos = some_layers(network, layers)
    computing = computed(precision, network)
    if natural is not None and network.head is None:
        raise InputError(
            f"{network.name} has no class layer, so no classes can be read off. Try: without "
            "natural photos."
        )
    photos = None if natural is None else Photos.of(natural)
    tell = told or (lambda what, share: None)
    addresses = [info.address for info in infos]
    seen = activations(network, photo, addresses)
    read: dict[str, Reading] = {}
    if photos is not None:
        read = readings(
            network, seen.photo, photos, addresses, lambda share: tell("Measuring photos", share)
        )
    strongest = {layer: tuple(seen.strongest(layer, count)) for layer in addresses}
    units = [strong.unit for some in strongest.values() for strong in some]
    made: dict[Unit, Picture] = icons(network, units, told, precision=computing) if pictures else {}

    def climbed(goal: Objective, place: float) -> Maximized:
        def watch(batch: Sequence[Objective], step: Step) -> None:
            share = (place + step.number / step.total / 2) / len(addresses)
            tell(f"What {batch[0].layers[0]} keeps of it", share)

        return maximize(network, goal, watch=watch, seed=seed, steps=steps, precision=computing)

    stages = []
    for place, layer in enumerate(addresses):
        left = climbed(inversion(layer, photo), place)
        stages.append(
            Stage(
                layer=layer,
                strongest=strongest[layer],
                maps=seen.maps[layer],
                inversion=left,
                caricature=climbed(caricature(layer, photo), place + 0.5),
                gray=_error_of_gray(network, left.objective),
                taken=_taken(network, left.picture),
                reading=read.get(layer),
            )
        )
    return Story(
        photo=seen.photo,
        stages=tuple(stages),
        pictures=MappingProxyType(made),
        top=seen.top,
        network=network.name,
        natural=None if photos is None else written(photos.where),
        source=MappingProxyType({**source(network, photo), "precision": computing}),
    )


def _error_of_gray(network: Network, goal: Objective) -> float:
    """How far off plain gray is, which shows nothing of the photo."""
    plain = np.full((1, *network.size, network.channels), BEHIND, "float32")
    return -float(scored(network, [goal], plain)[0])


def _taken(network: Network, picture: Picture) -> tuple[tuple[int, str, float], ...]:
    if not network.classifies:
        return ()
    return tuple(network.top(network.probabilities(picture[None])[0], TAKEN))
