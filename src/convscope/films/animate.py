"""``animate``: a film of an ascent, from noise or from a photo."""

from typing import Any

import numpy as np
import numpy.typing as npt

from convscope import images
from convscope.canvas import Canvas, Photo, has_opacity
from convscope.encoding import pacing
from convscope.errors import InputError
from convscope.films.classes import distinct_labels, select_classes
from convscope.films.result import Film
from convscope.images import PhotoLike
from convscope.maximization.ascent import ascend
from convscope.maximization.maximize import OnStep, Size, blank, boost, check, settled, sized, tuned
from convscope.maximization.pre_activation import pre_activations
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import recipe_for
from convscope.networks.network import Network
from convscope.networks.photo import recorded_path, to_input
from convscope.networks.provenance import source
from convscope.objectives import Objective, score_pictures
from convscope.objectives.parser import What, objective
from convscope.progress import Progress


def animate(
    network: Network,
    what: What,
    *,
    start: PhotoLike | None = None,
    size: Size = None,
    strength: float = 0.08,
    frames: int = 60,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    on_step: OnStep | None = None,
    **settings: Any,
) -> Film:
    """Return a film of how gradient ascent changes a picture to excite one unit or class.

    Args:
        network: from ``convscope.load``.
        what: an address: 'predictions:bee', 'block5_conv3:17'; or an objective.
        start: a photo to begin from, as a path, an array or a Pillow image; noise by default.
        size: height and width in pixels, or one number for both; the network's own by default.
        strength: how far a photo may be changed: the root mean square over pixels and colours,
            above 0 and at most 1. At 0.08 a photo stays recognisable.
        frames: how many frames to keep at most, 2 or more. They are chosen so that the visible
            change from frame to frame is even.
        recipe: the settings of the ascent; by default one for photos or one for noise.
        progress: called after each step with the fraction done, in [0, 1], and what is made.
        on_step: called after each step with the objective and the ``Step``.
        **settings: fields of ``Recipe`` to change: seed, steps, rate, ...

    Returns:
        The frames, uint8 (n, height, width, channels), with the score and the class probabilities
        of each.

    Raises:
        InputError: ``what`` names several units, a canvas is given beside a photo, or the unit, the
            photo, the size or a setting is not possible.
        UnknownName: no layer, class or setting has this name.

    Example:
        ``cs.animate(network, "predictions:bee", start="photo.jpg").save("bee.gif")``
    """
    found = objective(what).resolved(network)
    if len(found) != 1:
        raise InputError.expected(
            "one unit to film", f"{what}, which is {len(found)}", "Name one of them."
        )
    if frames < 2:
        raise InputError.expected("at least 2 frames", f"frames={frames}")
    if not 0 < strength <= 1:
        raise InputError.expected("a strength above 0, at most 1", strength, "Try 0.08.")
    base = recipe_for("film", aligned=found[0].aligned, from_photo=start is not None)
    recipe = settled(network, tuned(recipe or base, settings))
    if start is not None and recipe.canvas != base.canvas:
        raise InputError.expected("no canvas beside a photo, which is its own", recipe.canvas)
    shape = sized(network, size, found[0])
    check(network, found, shape)
    if start is None:
        canvas: Canvas = blank(network, recipe, shape)
    else:
        canvas = Photo(to_input(network, start, shape), strength)
    painted, steps = _ascent_frames(network, found[0], canvas, recipe, frames, progress, on_step)
    return _film(network, found[0], painted, steps, start, strength, recipe)


def _ascent_frames(
    network: Network,
    goal: Objective,
    canvas: Canvas,
    recipe: Recipe,
    frames: int,
    progress: Progress | None,
    on_step: OnStep | None,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int_]]:
    """Run the ascent and keep the frames: (n, height, width, channels), and their steps, (n,)."""
    painted = []
    ascended = pre_activations(network, [goal])[goal]
    speed = boost(network, ascended.layers, canvas.size, recipe)
    for step in ascend(network, [ascended], canvas, recipe, boost=speed, every=1):
        if on_step:
            on_step([goal], step)
        if progress:
            progress(step.number / step.total, str(goal))
        picture = step.pictures()[0]
        # Films know no opacity; mid gray is what the network is asked about, too.
        shown = images.composite(picture) if has_opacity(canvas) else picture
        painted.append(images.to_bytes(shown))
    way = pacing.travel(images.from_bytes(picture) for picture in painted)
    kept = pacing.choose(way, frames)
    return np.stack([painted[index] for index in kept]), np.array(kept)


def _film(
    network: Network,
    goal: Objective,
    painted: npt.NDArray[np.uint8],
    steps: npt.NDArray[np.int_],
    start: PhotoLike | None,
    strength: float,
    recipe: Recipe,
) -> Film:
    """Measure the kept frames as they are saved, and return the film."""
    seen = images.from_bytes(painted)
    unit = goal.unit
    of_class = unit and network.head and unit.layer == network.head.address
    target = unit.channel if unit and of_class else None
    opinion, classes = _opinion(network, target, seen, photo=start is not None)
    return Film(
        pictures=painted,
        steps=steps,
        scores=score_pictures(network, [goal] * len(seen), seen),
        probabilities=opinion,
        classes=classes,
        labels=distinct_labels({index: network.label(index) for index in classes}),
        target=target,
        objective=goal,
        label=goal.describe(network),
        start=None if start is None else recorded_path(start),
        strength=None if start is None else strength,
        recipe=recipe,
        source=source(network),
    )


def _opinion(
    network: Network, target: int | None, seen: images.Picture, *, photo: bool
) -> tuple[npt.NDArray[np.float64] | None, tuple[int, ...]]:
    """Return the probabilities of each frame, (n, classes), and the classes to show."""
    size = (seen.shape[1], seen.shape[2])
    head = network.head if network.classifies else None
    if head is None or network.shape_at(head.address, size) is None:
        return None, ()  # without classes, or at a size that their layer does not take
    opinion = network.probabilities(seen)
    always = [] if target is None else [target]
    if photo:
        always.append(int(opinion[0].argmax()))
    return opinion, select_classes(opinion, always)
