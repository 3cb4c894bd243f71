"""Path methods: the gradient, summed along a path from a baseline to the photo."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap, over_colors
from convscope.errors import InputError
from convscope.images import Picture
from convscope.progress import part
from convscope.transforms.blur import Blur, waves_of
from convscope.validation import between, whole

# By default, a path is walked in 32 steps, then in 96, then in 256, until the map's sum is this
# close to what it is to explain. Of four photos and vgg16-tiny, 32 steps were enough for two.
# Together they stay below the 400 pictures from which a comparison makes no map again.
ROUNDS = (32, 96, 256)
CLOSE = 0.04

BLURS = 4  # the strongest blur is the photo's shorter side by this, by default


def integrated_gradients(
    decision: Explanation, *, steps: int | None, baseline: float
) -> AttributionMap:
    """(x - x') times the mean gradient on the straight line from x' to x (Sundararajan 2017).

    The baseline x' is one gray, mid gray by default; pixels of its colour get nothing. The map's
    sum approaches f(x) - f(x') with more steps; the gap says how far it is from that. Steps are
    evaluated in their middle, which is exact for a constant gradient. Without a number there are as
    many steps as it takes to come close, in at most ``ROUNDS`` rounds.
    """
    level = between("baseline", baseline)
    photo, start = decision.photo, np.full_like(decision.photo, level)

    def walked(decision: Explanation, steps: int) -> np.ndarray:
        shares = (np.arange(steps) + 0.5) / steps
        points = (start + np.float32(share) * (photo - start) for share in shares)
        slopes = decision.slopes(points, total=steps)
        return over_colors((photo - start) * slopes.mean(axis=0, dtype="float64"))

    return _close(decision, steps, start, walked)


def blur_integrated_gradients(
    decision: Explanation, *, steps: int | None, sigma: float | None
) -> AttributionMap:
    """The gradient along a path of Gaussian blurs, strongest first: sum f'(x) dx (Xu 2020).

    The baseline is the photo blurred by ``sigma`` pixels, by default a quarter of its shorter side;
    no gray is needed. The integral over the blur x(s) from sigma to 0 is that of the paper,
    whatever the spacing. Steps here are even in the square root of s, since a photo changes most in
    its finest blurs; in the authors' code they are even in s by default. Each step takes the
    gradient at its middle times the whole change of the picture, which is exact for a constant
    gradient. The map's sum approaches f(x) - f(blurred) with more steps; the gap says how far it is
    from that. Without a number of steps there are as many as it takes to come close.
    """
    side = min(decision.photo.shape[:2])
    widest = between("sigma", side / BLURS if sigma is None else sigma, Blur.limits[1])
    if not widest:
        raise InputError.expected("a sigma above 0", "0, which blurs nothing")

    # Of eight photos through four trainings of vgg16-tiny, 32 steps left a mean gap of 0.26; even
    # in s, of 0.33: half as much for one of the four, alike for three.
    def walked(decision: Explanation, steps: int) -> np.ndarray:
        sigmas = widest * np.linspace(1, 0, 2 * steps + 1) ** 2  # ends and middles of the steps
        path = [blurred(decision.photo, each) for each in sigmas]
        slopes = decision.slopes(path[1::2], total=steps)
        changes = np.diff(path[::2], axis=0).astype("float64")
        return over_colors((slopes * changes).sum(axis=0))

    heat = _close(decision, steps, blurred(decision.photo, widest), walked)
    return replace(heat, used={**heat.used, "sigma": widest})


def _close(
    decision: Explanation,
    steps: int | None,
    start: Picture,
    walked: Callable[[Explanation, int], np.ndarray],
) -> AttributionMap:
    """Return the map of a path from ``start``, by so many steps, or by as many as come close."""
    rounds = ROUNDS if steps is None else (whole("steps", steps),)
    baseline_score = float(decision.scores([start])[0])
    explained = decision.score - baseline_score
    for number, count in enumerate(rounds):
        found = walked(_part(decision, number, len(rounds)), count)
        gap = float(found.sum() - explained)
        if abs(gap) <= CLOSE * abs(explained):
            break
    if decision.progress:
        decision.progress(1.0, "maps")
    return AttributionMap(found, baseline_score, gap, used={"steps": count})


def _part(decision: Explanation, number: int, count: int) -> Explanation:
    """Return the same decision, which reports its share of a round as a share of all rounds."""
    rounds = part(decision.progress, number / count, (number + 1) / count)
    return replace(decision, progress=rounds)


def blurred(photo: Picture, sigma: float) -> Picture:
    """Return the photo after a Gaussian blur of so many pixels, mirrored at the edges.

    It is the ``Blur`` of the transforms, in NumPy. It makes no new extremes at any strength, as the
    paper requires. The authors' code takes the outside of a photo as black, so that its edges
    darken.
    """
    if not sigma:
        return photo
    for axis in (0, 1):
        waves, fading = waves_of(photo.shape[axis])
        kernel = (waves.T * np.exp(-(sigma**2) * fading)) @ waves
        photo = np.moveaxis(np.tensordot(kernel, photo, (1, axis)), 0, axis)
    return photo.astype("float32")
