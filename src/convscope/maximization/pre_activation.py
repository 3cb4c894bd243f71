"""The effective objectives: channels that a layer only passes on are maximized at their source."""

from collections.abc import Iterable

from convscope.networks.channel_sources import unit_sources
from convscope.networks.network import Network
from convscope.objectives import Objective, from_unit


def pre_activations(
    network: Network, objectives: Iterable[Objective]
) -> dict[Objective, Objective]:
    """Return the objective to maximize for each objective: a channel at the layer that computes it.

    A pool or a concatenation passes on values after an activation function. A channel that is
    inactive in the first picture has no gradient there, so the ascent could not begin. Before its
    own activation function it always has one. For a pool this is another mean over places of the
    same map. Sums of several terms, neurons and whole layers are maximized as they are.

    Args:
        network: from ``convscope.load``.
        objectives: in the network's own words.
    """
    units = {each: each.unit for each in objectives}
    made = unit_sources(network, {unit for unit in units.values() if unit})
    return {each: from_unit(made[unit]) if unit else each for each, unit in units.items()}
