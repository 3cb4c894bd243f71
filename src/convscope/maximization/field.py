"""The size 'field': a picture of just what one neuron of a channel sees."""

from dataclasses import replace

from convscope.errors import InputError
from convscope.networks.network import Network
from convscope.objectives import Objective, from_unit


def middle_neuron(network: Network, objective: Objective) -> Objective:
    """Return the objective of the neuron in the middle of a channel's map.

    Raises:
        InputError: the objective is not a channel that has a map, or this neuron.
    """
    unit = objective.unit
    if unit is None or unit.channel is None or not network.layers[unit.layer].is_map:
        raise InputError(
            "Expected a channel with a map, such as 'block1_conv1:17', for the size 'field'. "
            f"Received: {objective}."
        )
    return from_unit(replace(unit, at=unit.at or "center"))
