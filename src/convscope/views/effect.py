"""How much of a target's response comes through a part of a layer's answer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convscope import gradients
from convscope.attribution.cam import nudged
from convscope.attribution.decision import Decision
from convscope.models.layers import LayerInfo, channels_first, leaves
from convscope.models.network import Network
from convscope.objectives import Bound, bound


def falls(decision: Decision, info: LayerInfo, parts: Sequence[np.ndarray]) -> np.ndarray:
    """How much the target's response falls, exactly, when each part is taken from the answer: (n,).

    Each part, (height, width, channels), is subtracted from what the layer gives, and the network
    runs on from there.
    """
    network = decision.network
    goal = bound([decision.target], network, decision.photo.shape[:2])

    def make() -> Callable[..., Any]:
        return gradients.compiled(_changed(network, info, goal), network.model.variables)

    first = channels_first(leaves(network.model))
    nothing = np.zeros_like(decision.photo, shape=info.shape)
    with network.programs.borrowed(("changed", info.address, goal.kind), make) as program:
        scores = []
        for part in (nothing, *parts):  # one by one: always the same program
            nudge = -part.astype("float32")[None]
            nudge = nudge.transpose(0, 3, 1, 2) if first else nudge
            scores.append(_number(program(decision.photo[None], nudge, *goal.data)))
    return scores[0] - np.array(scores[1:])


def _changed(network: Network, info: LayerInfo, goal: Bound) -> Callable[..., Any]:
    """The target's response when something is added to what a layer gives."""
    layer = leaves(network.model)[info.address]

    def score(pictures: Any, nudge: Any, *data: Any) -> Any:
        with nudged(layer, nudge):
            seen = network.see(pictures, goal.taps)
        return goal.score(seen, data)

    return score


def _number(value: Any) -> float:
    from keras import ops

    return float(ops.convert_to_numpy(value)[0])
