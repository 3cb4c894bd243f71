"""Occlusion: how much the score falls when a part of the photo is covered."""

from collections.abc import Iterator

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.errors import InputError
from convscope.images import Picture
from convscope.validation import between, whole

PATCHES = 8  # patches along the photo's shorter side, by default

Patch = tuple[slice, slice]


def occlusion(
    decision: Explanation, *, patch: int | None, stride: int | None, baseline: float
) -> AttributionMap:
    """How much the score falls when a patch is covered with gray (Zeiler 2013).

    ``patch`` is the side of the patch in pixels, by default an eighth of the photo's shorter side.
    ``stride`` is the step from one patch to the next, by default half a patch. The fall is shared
    among the patch's pixels, and overlapping patches are averaged. So the map is in score per
    pixel, and patches that do not overlap sum to the sum of the falls.
    """
    height, width = decision.photo.shape[:2]
    side = whole("patch", max(1, min(height, width) // PATCHES) if patch is None else patch)
    step = whole("stride", max(1, side // 2) if stride is None else stride)
    level = between("baseline", baseline)
    if step > side:
        raise InputError.expected(f"a stride of at most the patch, {side}", step)
    patches = list(patches_of((height, width), side, step))
    copies = (covered(decision.photo, place, level) for place in patches)
    scores = decision.scores(copies, total=len(patches))
    found, count = np.zeros((height, width)), np.zeros((height, width))
    for place, score in zip(patches, scores, strict=True):
        found[place] += (decision.score - score) / found[place].size
        count[place] += 1
    nothing = float(decision.scores([np.full_like(decision.photo, level)])[0])
    return AttributionMap(found / count, nothing, used={"patch": side, "stride": step})


def patches_of(size: tuple[int, int], side: int, step: int) -> Iterator[Patch]:
    """Return squares that cover a picture of (height, width); those at the far edges are cut."""
    tops, lefts = (range(0, max(0, length - side) + step, step) for length in size)
    for top in tops:
        for left in lefts:
            yield slice(top, top + side), slice(left, left + side)


def covered(photo: Picture, patch: Patch, level: float) -> Picture:
    """Return the photo with a patch in one gray."""
    copy = photo.copy()
    copy[patch] = level
    return copy
