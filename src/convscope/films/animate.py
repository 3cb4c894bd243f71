"""``animate``: a film of an ascent, from noise or from a photo."""

from typing import Any

from convscope.errors import InputError
from convscope.films.filming import Filming
from convscope.films.result import Film
from convscope.images import PhotoLike
from convscope.maximization.maximize import OnStep, Size
from convscope.maximization.recipe import Recipe
from convscope.networks.network import Network
from convscope.objectives.parser import What
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
    if frames < 2:
        raise InputError.expected("at least 2 frames", f"frames={frames}")
    filming = Filming.of(
        network, what, start=start, size=size, strength=strength, recipe=recipe, **settings
    )
    painted = []
    for step, picture in filming.steps():
        if on_step:
            on_step([filming.goal], step)
        if progress:
            progress(step.number / step.total, filming.goal.describe(network))
        painted.append(picture)
    return filming.film(painted, frames)
