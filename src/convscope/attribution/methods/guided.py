"""Guided backpropagation: sharp pictures that explain little."""

from collections.abc import Sequence

import numpy as np

from convscope.attribution.decision import Explanation, Program, gradient_program
from convscope.attribution.heat import AttributionMap, over_colors
from convscope.backend import Tensor
from convscope.errors import InputError
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.guided_relu import guided_relus, rectifiers
from convscope.objectives import CompiledObjective


def guided_backpropagation(decision: Explanation) -> AttributionMap:
    """The gradient of the score, with negative values removed at each ReLU (Springenberg 2014).

    The picture is almost the same for a trained network, an untrained one and any class (Adebayo
    2018), similar to a restored photo. ReLUs are found as layers, as activations of layers, and as
    functions in a graph or plain code, including ``maximum(x, 0)`` and ``clip(x, 0, ...)``.
    """
    network = decision.network
    if not rectifiers(network.model) and not _calls_rectifiers(network):
        raise InputError(
            f"Guided backpropagation changes the slopes of ReLUs; {network.name} has none. "
            "Try: method='gradient'."
        )

    def make(objective: CompiledObjective) -> Program:
        slopes = gradient_program(network, objective)

        def guided_slopes(pictures: Tensor, *data: Tensor) -> Sequence[Tensor]:
            with guided_relus(network.model):
                return slopes(pictures, *data)

        return guided_slopes

    (slopes,) = decision.run("guided slopes", make, [decision.photo])
    return AttributionMap(over_colors(slopes[0]))


def _calls_rectifiers(network: Network) -> bool:
    """Return whether the model calls a ReLU that is not a layer."""
    gray = np.full((1, *network.size, network.channels), 0.5, "float32")
    last = Tap(list(network.layers)[-1], after=True)
    with network.undisturbed(), guided_relus(network.model) as called:
        network.forward(gray, [last])
    return bool(called)
