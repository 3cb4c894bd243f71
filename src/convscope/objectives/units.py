"""The score of units: a layer, channels, neurons, classes, and their negatives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convscope.errors import InputError
from convscope.models.taps import Tap
from convscope.models.units import Unit
from convscope.objectives.objective import Objective

MIDDLE = -1  # a row or column that means the middle one


def of_units(units: Sequence[Unit]) -> Objective:
    """The response of each unit, before the activation function, one picture a unit.

    A channel's response is its mean over space; a class's is its logit; a whole layer's is the mean
    square of what passes its activation function (DeepDream). A negative unit's is negated.
    """
    kinds = {(unit.kind, unit.layer) for unit in units}
    if len(kinds) != 1:
        raise InputError(
            f"Expected units of one layer and kind. Received: {', '.join(map(str, units))}."
        )
    (what, layer), tap = kinds.pop(), Tap(units[0].layer)
    sign = np.array([-1 if unit.negative else 1 for unit in units], "float32")
    channel = np.array([unit.channel or 0 for unit in units], "int32")
    data: tuple[np.ndarray, ...] = (sign, channel)
    if what == "neuron":
        data += (np.array([_place(unit) for unit in units], "int32"),)
    score = SCORES[what]

    def signed(seen: Mapping[Tap, Any], data: tuple[Any, ...]) -> Any:
        return data[0] * score(seen[tap], *data[1:])

    return Objective(signed, frozenset([tap]), data, tuple(map(str, units)), (what, layer))


def layer_score(response: Any, channel: Any) -> Any:
    """(n, ...) responses to (n,): the mean square of the positive ones."""
    from keras import ops

    axes = tuple(range(1, len(response.shape)))
    return ops.mean(ops.square(ops.relu(response)), axis=axes)


def channel_score(response: Any, channel: Any) -> Any:
    """(n, ..., channels) responses to (n,): each picture's channel, averaged over space."""
    from keras import ops

    axes = tuple(range(1, len(response.shape) - 1))
    mean = ops.mean(response, axis=axes) if axes else response
    return ops.sum(mean * ops.one_hot(channel, response.shape[-1], dtype=mean.dtype), axis=-1)


def neuron_score(response: Any, channel: Any, place: Any) -> Any:
    """(n, height, width, channels) responses to (n,): each picture's channel at one place."""
    from keras import ops

    _, height, width, channels = response.shape
    middle = ops.convert_to_tensor(np.array([height // 2, width // 2], "int32"))
    place = ops.where(place == MIDDLE, middle, place)
    row = ops.one_hot(place[:, 0], height, dtype=response.dtype)
    column = ops.one_hot(place[:, 1], width, dtype=response.dtype)
    which = ops.one_hot(channel, channels, dtype=response.dtype)
    return ops.einsum("nhwc,nh,nw,nc->n", response, row, column, which)


SCORES: dict[str, Callable[..., Any]] = {
    "layer": layer_score,
    "channel": channel_score,
    "neuron": neuron_score,
}


def _place(unit: Unit) -> tuple[int, int]:
    return unit.at if isinstance(unit.at, tuple) else (MIDDLE, MIDDLE)
