"""``activation_atlas``: a map of what a layer responds to in many photos."""

import os
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from convscope import validation
from convscope.activation_atlases.cells import cut
from convscope.activation_atlases.layout import lay_out, refuse_if_missing
from convscope.activation_atlases.result import ActivationAtlas, PaintedLevel
from convscope.activation_atlases.samples import inside, sample
from convscope.activation_grids.grid import canvas_size, direction_pictures, map_layer
from convscope.datasets.photos import LEAST, Photos
from convscope.errors import InputError
from convscope.maximization.maximize import Size
from convscope.maximization.thumbnails import common_precision
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path
from convscope.networks.provenance import source
from convscope.printable import printable
from convscope.progress import Progress, part
from convscope.validation import whole

SIDES = (10, 20)
LARGEST = 32  # cells along each axis
FEWEST = 5  # responses of a cell
MEASURED, PLACED = 0.25, 0.35  # of the time has passed when responses are measured, and laid out


def activation_atlas(
    network: Network,
    photos: str | os.PathLike[str] | Photos,
    layer: str,
    *,
    sides: Sequence[int] = SIDES,
    per_photo: int = 1,
    least: int = FEWEST,
    seed: int = 0,
    size: Size = None,
    steps: int | None = None,
    precision: str = "auto",
    progress: Progress | None = None,
) -> ActivationAtlas:
    """Return a map of what a layer responds to in a folder of photos.

    This is the activation atlas of Carter 2019. The layer's responses at random places of the
    photos, but for the edges of its maps, are laid out by UMAP so that similar ones are near each
    other. The map is cut into cells, and each cell is painted with the picture whose responses
    point most in the direction of the cell's mean response. What a cell does to a class is
    measured: how much the class's response falls when the layer's response at the place is set to
    zero, averaged over the cell.

    Args:
        network: from ``convscope.load``.
        photos: a folder or a .zip of photos, at least 16.
        layer: the address of a layer that has rows and columns.
        sides: for each level of the map, how many cells it has along each axis, from 2 to 32.
        per_photo: how many places of each photo, none of them at the edge of the layer's maps.
        least: how many responses a cell must have to be painted; cells with fewer stay empty.
        seed: of the places, of the layout and of the pictures.
        size: of each picture, as for ``activation_grid``.
        steps: of gradient ascent for each picture; the recipe's default if not given.
        precision: what the network computes the pictures in, as of a recipe.
        progress: called with the fraction done, in [0, 1], and what is being done.

    Returns:
        The points of the map, and for each level the cells with their pictures and classes.

    Raises:
        MissingExtra: the extra 'map' is not installed.
        InputError: the layer, the photos or a number is not possible, or no cell has enough
            responses.
        UnknownName: no layer has this name.

    Example:
        ``cs.activation_atlas(network, "photos", "block5_conv3").export("map")``
    """
    refuse_if_missing()
    sides = sorted({whole("each of sides", each, 2, LARGEST) for each in sides})
    if not sides:
        raise InputError.expected("at least one level, such as sides=(10, 20)", "none")
    info = map_layer(network, layer)
    per_photo = whole("per_photo", per_photo, 1, len(inside(info)))
    least, seed = whole("least", least), validation.seed(seed)
    steps = None if steps is None else whole("steps", steps)
    precision = common_precision(precision, network)
    if network.channels not in (1, 3):
        raise InputError(
            f"{network.name} takes pictures of {network.channels} channels. Received: photos."
        )
    canvas = canvas_size(network, info, size)
    some = photos if isinstance(photos, Photos) else Photos.of(photos)
    measuring = part(progress, 0, MEASURED)
    samples = sample(network, some, info, per_photo, seed, measuring)
    if len(samples) < LEAST:
        raise InputError.expected(
            f"at least {LEAST} places where {info.address} responds", len(samples)
        )
    part(progress, MEASURED, PLACED)(0, "Laying out the map")
    points = lay_out(samples.vectors, seed)
    levels = [cut(points, samples.vectors, samples.effects, side, least) for side in sides]
    total, done = sum(len(level.kept) for level in levels), 0
    if not total:
        raise InputError(
            f"No cell has {least} of the {len(samples)} responses. Try: more photos, fewer cells "
            "or a smaller 'least'."
        )
    painted = []
    for level in levels:
        share = (1 - PLACED) / total
        begin, end = PLACED + done * share, PLACED + (done + len(level.kept)) * share
        pictures = np.zeros((0, *canvas, network.channels), "float32")
        if len(level.kept):
            pictures = direction_pictures(
                network,
                info,
                level.vectors,
                seed=seed,
                size=canvas,
                progress=part(progress, begin, end, "Making the pictures of cells"),
                precision=precision,
                steps=steps,
            )
        painted.append(PaintedLevel(level, pictures))
        done += len(level.kept)
    names = tuple(printable(some.names[each]) for each in samples.photos)
    return ActivationAtlas(
        layer=info.address,
        levels=tuple(painted),
        points=points,
        photos=names,
        places=samples.places,
        classes=_labels(network) if samples.effects is not None else (),
        natural=recorded_path(some.where),
        available=len(some.names),
        per_photo=per_photo,
        least=least,
        seed=seed,
        size=canvas,
        steps=steps,
        network=network.name,
        source=MappingProxyType({**source(network), "precision": precision}),
    )


def _labels(network: Network) -> tuple[str, ...]:
    assert network.head is not None
    return tuple(network.label(each) for each in range(network.head.channels))
