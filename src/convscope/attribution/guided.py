"""Slopes that may only rise on their way back: sharp pictures that explain little."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convscope.attribution.decision import Decision, Program, sloping
from convscope.attribution.heat import Heat, over_colours
from convscope.errors import InputError
from convscope.models.guided import guided, rectifiers
from convscope.models.network import Network
from convscope.models.taps import Tap
from convscope.objectives import Bound


def guided_backpropagation(decision: Decision) -> Heat:
    """The slope of the score, with what is below zero cut off at each ReLU (Springenberg 2014).

    It is much the same picture for a trained network, an untrained one and any class (Adebayo
    2018), close to a restored photo. ReLUs are found as layers, as activations of layers, and as
    functions that a graph or plain code calls, ``maximum(x, 0)`` and ``clip(x, 0, ...)`` included.
    """
    network = decision.network
    if not rectifiers(network.model) and not _calls_rectifiers(network):
        raise InputError(
            f"Guided backpropagation changes the slopes of ReLUs; {network.name} has none. "
            "Try: method='gradient'."
        )

    def make(objective: Bound) -> Program:
        slopes = sloping(network, objective)

        def guided_slopes(pictures: Any, *data: Any) -> Sequence[Any]:
            with guided(network.model):
                return slopes(pictures, *data)

        return guided_slopes

    (slopes,) = decision.run("guided slopes", make, [decision.photo])
    return Heat(over_colours(slopes[0]))


def _calls_rectifiers(network: Network) -> bool:
    """Whether the model calls a ReLU that is no layer."""
    gray = np.full((1, *network.size, network.channels), 0.5, "float32")
    last = Tap(list(network.layers)[-1], after=True)
    with network.undisturbed(), guided(network.model) as heard:
        network.see(gray, [last])
    return bool(heard)
