"""Class activation maps: where the features of a layer speak for the unit, by gradients.

A is the layer's response after its activation, (rows, columns, channels); G is the gradient of the
score there. The papers end in a ReLU and a scaling to 0..1. Here the sign and the scale are kept:
values below zero speak against the unit, and ReLU(ours) is the paper's map, up to the scale. A map
is as coarse as the layer, and is enlarged.
"""

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.heat import AttributionMap
from convscope.attribution.layer_maps import (
    doubt,
    layer_with_space,
    maps_and_slopes,
    maps_of,
    over_photo,
)
from convscope.networks.layers import LayerInfo


def grad_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """The maps, weighted by their mean gradients: sum_k mean(G_k) A_k (Selvaraju 2017)."""
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    weights = slopes.mean(axis=(0, 1), dtype="float64")
    return cam(decision, info, maps @ weights)


def grad_cam_plus_plus(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """Grad-CAM with a mean over positive gradients only (Chattopadhay 2018).

    A place's share is G^2 / (2 G^2 + sum(A_k) G^3), which is 1 / (2 + sum(A_k) G). The paper
    explains exp(score), which only multiplies all weights by the same factor, so this is left out.
    It assumes maps above zero, as after a ReLU. For a map whose sum is less, the share stays at 1/2
    and does not diverge. Maps of a ReLU give nothing below zero.
    """
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    sums = np.maximum(maps.sum(axis=(0, 1), dtype="float64"), 0)
    rising = np.maximum(slopes, 0)
    weights = (rising / (2 + sums * rising)).sum(axis=(0, 1))
    return cam(decision, info, maps @ weights)


def hires_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """Each value times its own gradient: sum_k G_k A_k (Draelos 2020).

    If convolutions are followed by one linear layer, it sums to the score without the bias, and
    shows exactly what the network used, place by place.
    """
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    return cam(decision, info, (slopes * maps).sum(axis=2, dtype="float64"))


def x_grad_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """The maps, weighted by the mean of their gradients where they are active (Fu 2020).

    The weights are sum(G_k A_k) / sum(A_k), so that the map has the same sum as HiResCAM's. A map
    that sums to zero gets no weight.
    """
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    sums = maps.sum(axis=(0, 1), dtype="float64")
    parts = (slopes * maps).sum(axis=(0, 1), dtype="float64")
    weights = np.divide(parts, sums, out=np.zeros_like(parts), where=sums != 0)
    return cam(decision, info, maps @ weights)


def layer_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """Each value times its own gradient if that is above zero: sum_k ReLU(G_k) A_k (Jiang 2021).

    It works for early layers, too, whose gradients differ from place to place. Maps of a ReLU give
    nothing below zero.
    """
    info = layer_with_space(decision, layer)
    maps, slopes = maps_and_slopes(decision, info)
    return cam(decision, info, (np.maximum(slopes, 0) * maps).sum(axis=2, dtype="float64"))


def eigen_cam(decision: Explanation, *, layer: str | None) -> AttributionMap:
    """The maps on their first principal component: A v (Muhammad 2020).

    v is the first right singular vector of A as (places, channels), not centred, as in the paper.
    It shows the strongest pattern in the layer, whatever the target is. The target only decides
    which layers come before it. A component has no sign of its own. Here the sign is the one with
    which the map correlates positively with the mean of the maps.
    """
    info = layer_with_space(decision, layer)
    maps = maps_of(decision, info).astype("float64")
    _, _, components = np.linalg.svd(maps.reshape(-1, info.channels), full_matrices=False)
    found = maps @ components[0]
    along = float((found * maps.mean(axis=2)).sum())
    return cam(decision, info, found if along >= 0 else -found)


def cam(decision: Explanation, info: LayerInfo, coarse: np.ndarray) -> AttributionMap:
    """Return a layer's map (rows, columns), enlarged to the photo."""
    found = over_photo(decision, info, coarse)
    return AttributionMap(found, note=doubt(decision, info), used={"layer": info.address})
