"""Gradient methods: the sensitivity of the score to each pixel, at the photo or near it."""

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap, over_colors
from convscope.validation import between, whole


def gradient(decision: Explanation) -> AttributionMap:
    """The gradient of the score at the photo: df/dx (Simonyan 2013).

    The paper shows the largest magnitude over the colours; this is their signed sum.
    """
    (slope,) = decision.slopes([decision.photo])
    return AttributionMap(over_colors(slope))


def input_x_gradient(decision: Explanation) -> AttributionMap:
    """The gradient times the photo, x * df/dx (Shrikumar 2016): f(x) - f(0) to first order.

    The baseline is black, the 0 of [0, 1], so that dark parts count for little.
    """
    (slope,) = decision.slopes([decision.photo])
    return AttributionMap(over_colors(decision.photo * slope))


def smoothgrad(decision: Explanation, *, samples: int, noise: float) -> AttributionMap:
    """The mean gradient over noisy copies of the photo (Smilkov 2017).

    ``noise`` is the standard deviation as a share of the photo's own range; the paper finds 0.1 to
    0.2 best. Copies may leave [0, 1] a little, as in the paper, since a clip would change their
    mean.
    """
    return AttributionMap(over_colors(_noisy_slopes(decision, samples, noise)).mean(axis=0))


def vargrad(decision: Explanation, *, samples: int, noise: float) -> AttributionMap:
    """The variance of the gradient over noisy copies of the photo (Adebayo 2018).

    It is the sum over the colours, never below zero, in squares of the gradient. The copies are
    those of SmoothGrad.
    """
    slopes = _noisy_slopes(decision, samples, noise)
    return AttributionMap(over_colors(slopes.var(axis=0, dtype="float64")))


def _noisy_slopes(decision: Explanation, samples: int, noise: float) -> np.ndarray:
    samples, noise = whole("samples", samples), between("noise", noise)
    photo = decision.photo
    spread = noise * float(np.ptp(photo))
    copies = (photo + spread * _noise(decision, sample) for sample in range(samples))
    return decision.slopes(copies, total=samples)


def _noise(decision: Explanation, sample: int) -> np.ndarray:
    """Return noise keyed by the sample: the same in any batch and for any number of samples."""
    draw = np.random.default_rng([decision.seed, sample])
    return draw.standard_normal(decision.photo.shape, "float32")
