"""``activation_grid``: at each place of a photo, a picture of a layer's response there."""

from types import MappingProxyType
from typing import Any

import numpy as np

from convscope import validation
from convscope.activation_grids.result import ActivationGrid, Grouping
from convscope.errors import InputError
from convscope.images import PhotoLike, Picture
from convscope.maximization.maximize import Size, maximized, sized
from convscope.maximization.task import Task
from convscope.maximization.thumbnails import common_precision
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.provenance import source
from convscope.networks.regions import region
from convscope.neuron_groups.factorization import factorize
from convscope.objectives import Objective
from convscope.objectives.direction import Direction
from convscope.progress import Progress
from convscope.validation import whole

MOST = 256  # places that each get a picture of their own
GROUPS = 16  # where there are more places
# Pixels a side of each picture, at the most. It is shown this small, and a larger canvas repeats
# the pattern and takes longer: with SqueezeNet on a processor 0.7 seconds a picture at 64 pixels,
# and 14 at its own 227.
CANVAS = 64
POWER = 2.0  # of the cosine: another direction with a large component counts less


def activation_grid(
    network: Network,
    photo: PhotoLike,
    layer: str,
    count: int | None = None,
    seed: int = 0,
    *,
    size: Size = None,
    precision: str = "auto",
    progress: Progress | None = None,
) -> ActivationGrid:
    """Return a picture of a layer's response at each place of a photo, laid out as the photo.

    The response of all channels at one place is a vector, and its picture is the one whose
    responses point most in this direction (Olah 2018, "The Building Blocks of Interpretability").
    The area of the picture shows how long the vector is. Vectors are taken after the activation
    function. All pictures are made with the same random numbers, so that similar vectors have
    similar pictures.

    With more than 256 places the vectors are shown by groups of channels that fire together, found
    by non-negative matrix factorization: each place has the picture of the group that is strongest
    there.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layer: the address of a layer that has rows and columns.
        count: how many groups; by default 16 where there are more than 256 places, and none where
            there are fewer.
        seed: of the pictures and of the factorization.
        size: height and width of each picture in pixels, or one number for both, or 'fit'; by
            default at most 64, and the network's own size if it takes no other.
        precision: what the network computes the pictures in, as of a recipe; what 'auto' stood for
            is in the record.
        progress: called with the fraction done, in [0, 1], and what is being done.

    Returns:
        The vectors, (height, width, channels), the pictures, and which of them each place has.

    Raises:
        InputError: the layer has no rows and columns or responds to nothing, or the count or the
            size is not possible.
        UnknownName: no layer has this name.

    Example:
        ``cs.activation_grid(network, "photo.jpg", "block4_conv3").save("grid.png")``
    """
    seed = validation.seed(seed)
    count = None if count is None else whole("count", count)
    precision = common_precision(precision, network)
    info = map_layer(network, layer, count)
    canvas = canvas_size(network, info, size)
    picture = to_input(network, photo)
    tap = Tap(info.address, after=True)
    vectors = network.activations(picture[None], [tap])[tap][0]
    lengths = np.linalg.norm(vectors, axis=2)
    if not lengths.any():
        raise InputError(f"{info.address} responds to nothing in this photo. Try: another layer.")
    if count is None and lengths.size > MOST:
        count = min(GROUPS, info.channels)
    grouping = None
    which = np.full(lengths.shape, -1)
    if count is None:
        which[lengths > 0] = np.arange(np.count_nonzero(lengths))
        directions = vectors[lengths > 0]
    else:
        positive = np.maximum(vectors, 0).astype("float64")
        maps, groups, explained = factorize(positive, info.address, count, seed)
        directions = groups
        fires = maps.max(axis=2) > 0
        which[fires] = maps.argmax(axis=2)[fires]
        grouping = Grouping(groups.astype("float32"), count, explained)
    pictures = direction_pictures(
        network, info, directions, seed=seed, size=canvas, progress=progress, precision=precision
    )
    return ActivationGrid(
        photo=picture,
        layer=info.address,
        region=region(network, info),
        vectors=vectors,
        pictures=pictures,
        which=which,
        grouping=grouping,
        seed=seed,
        size=canvas,
        top=network.opinion(picture),
        network=network.name,
        source=MappingProxyType({**source(network, photo), "precision": precision}),
    )


def map_layer(network: Network, name: str, count: int | None = None) -> LayerInfo:
    """Return the layer of that name, if it has rows and columns and room for the groups."""
    info = network.layer(name)
    if not info.is_map:
        maps = [each.address for each in network.layers.values() if each.is_map]
        hint = f"Try: {maps[-1]!r}." if maps else f"{network.name} has none."
        raise InputError.expected(
            "a layer with rows and columns", f"{info.address}, of shape {info.shape}", hint
        )
    most = min(info.shape[0] * info.shape[1], info.channels)
    if count is not None and count > most:
        raise InputError(
            f"{info.address} has {info.shape[0]} x {info.shape[1]} places and {info.channels} "
            f"channels, so {most} groups at most. Received: count={count}."
        )
    return info


def canvas_size(network: Network, info: LayerInfo, size: Size = None) -> tuple[int, int]:
    """Return the size of a direction's picture: as stated, or at most ``CANVAS`` pixels a side."""
    goal = Objective(((1.0, Direction(info.address, np.ones(info.channels))),))
    if size is not None:
        return sized(network, size, goal)
    height, width = (min(side, CANVAS) for side in sized(network, "fit", goal))
    return (height, width) if network.shape_at(info.address, (height, width)) else network.size


def direction_pictures(
    network: Network,
    info: LayerInfo,
    directions: np.ndarray,
    *,
    seed: int,
    size: tuple[int, int],
    precision: str,
    steps: int | None = None,
    progress: Progress | None = None,
) -> Picture:
    """Return what directions of a layer look for: (n, height, width, channels) in [0, 1].

    Args:
        network: from ``convscope.load``.
        info: the layer.
        directions: (n, channels), none of them zero.
        seed: of the random numbers, which are the same for all of them.
        size: height and width.
        precision: what the network computes in, as of a recipe.
        steps: of gradient ascent; the recipe's own if not given.
        progress: called with the fraction done and what is being done.
    """
    # Random numbers depend on an objective's text. One name for all of them gives all the same.
    goals = [
        Objective(((1.0, Direction(info.address, vector, POWER, "response")),))
        for vector in directions
    ]
    settings: dict[str, Any] = {"precision": precision}
    if steps is not None:
        settings["steps"] = steps
    subjects = [Task(goal, seed) for goal in goals]
    made = maximized(network, subjects, size=size, progress=progress, **settings)
    return np.stack([result.shown() for result in made])
