"""RISE: the mean score under random masks that keep a place of the photo."""

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.attribution.layer_maps import enlarged
from convscope.errors import InputError
from convscope.validation import between, whole


def rise(
    decision: Explanation, *, samples: int, cells: int, keep: float, baseline: float
) -> AttributionMap:
    """How much more the photo scores where this place is kept (Petsiuk 2018).

    In a grid of ``cells`` by ``cells``, each cell is kept with the probability ``keep``. The grid
    is enlarged smoothly to one cell more than the photo and cut to its size at random; the rest is
    gray. The paper's map is the mean of score times mask, divided by ``keep``: the expected score
    if this place is kept, which is far from zero everywhere for a logit. Here the mean score is
    subtracted first, so that zero stands for a place that changes nothing. In the limit this is the
    paper's map less that mean, the ``baseline_score``.
    """
    samples, level = whole("samples", samples), between("baseline", baseline)
    cells = whole("cells", cells, 1, min(decision.photo.shape[:2]))
    if not 0 < between("keep", keep) < 1:
        raise InputError.expected("keep to be above 0 and below 1", f"{keep:g}")
    photo, nothing = decision.photo, np.full_like(decision.photo, level)

    def mask(sample: int) -> np.ndarray:
        return rise_mask((decision.seed, sample), photo.shape[:2], cells, keep)

    pictures = (nothing + mask(n)[:, :, None] * (photo - nothing) for n in range(samples))
    scores = decision.scores(pictures, total=samples).astype("float64")
    mean = float(scores.mean())
    # Masks are drawn again, for a thousand of them would fill the memory.
    found = sum((score - mean) * mask(n) for n, score in enumerate(scores))
    return AttributionMap(found / (samples * keep), mean)


def rise_mask(key: tuple[int, int], size: tuple[int, int], cells: int, keep: float) -> np.ndarray:
    """Return a mask for a photo of (height, width), from 0 to 1, keyed by (seed, sample)."""
    draw = np.random.default_rng(key)
    grid = (draw.random((cells, cells)) < keep).astype("float64")
    steps = [-(-side // cells) for side in size]
    top, left = (int(draw.integers(step)) for step in steps)
    large = enlarged(grid, ((cells + 1) * steps[0], (cells + 1) * steps[1]))
    return large[top : top + size[0], left : left + size[1]]
