"""Class activation maps without gradients: each map is weighted by its effect on the score."""

from collections.abc import Iterator

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.attribution.layer_maps import layer_with_space, maps_of, over_photo, scores_of
from convscope.attribution.methods.cam import cam
from convscope.validation import between


def score_cam(decision: Explanation, *, layer: str | None, baseline: float) -> AttributionMap:
    """The maps, weighted by what the photo scores where they are active (Wang 2020).

    Map k, enlarged and scaled to 0..1, is a mask on the photo: where it is 0 there is gray. Its
    weight is the score of that picture minus the score of plain gray, the paper's 'increase of
    confidence', without a softmax over the channels, so that a map may speak against the unit.
    ReLU(ours) is the paper's definition 4. Maps that are the same everywhere mask nothing and get
    no weight.
    """
    level = between("baseline", baseline)
    info = layer_with_space(decision, layer)
    maps = maps_of(decision, info).astype("float64")
    uneven = np.flatnonzero(np.ptp(maps, axis=(0, 1)) > 0)
    photo, nothing = decision.photo, np.full_like(decision.photo, level)

    def masked() -> Iterator[np.ndarray]:
        for channel in uneven:
            large = over_photo(decision, info, maps[:, :, channel])
            mask = (large - large.min()) / np.ptp(large)
            yield nothing + mask[:, :, None] * (photo - nothing)

    baseline_score = float(decision.scores([nothing])[0])
    weights = np.zeros(info.channels)
    if uneven.size:
        weights[uneven] = decision.scores(masked(), total=uneven.size) - baseline_score
    heat = cam(decision, info, maps @ weights)
    return AttributionMap(heat.map, baseline_score, note=heat.note, used=heat.used)


def ablation_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """The maps, weighted by how much the score falls when one of them is set to zero (Desai 2020).

    The paper divides by the score, which says nothing about the map and would reverse it for a
    score below zero. This is left out, so that ReLU(ours) / score is the paper's map.
    """
    info = layer_with_space(decision, layer)
    maps = maps_of(decision, info)

    def silenced() -> Iterator[np.ndarray]:
        for channel in range(info.channels):
            without = maps.copy()
            without[:, :, channel] = 0
            yield without

    losses = decision.score - scores_of(decision, info, silenced(), info.channels)
    return cam(decision, info, maps @ losses.astype("float64"))
