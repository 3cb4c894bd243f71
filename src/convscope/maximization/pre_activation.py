"""What an objective is climbed as: channels that a layer passes on, where they are made."""

from collections.abc import Iterable

from convscope.networks.channel_sources import sources
from convscope.networks.network import Network
from convscope.objectives import Objective, of_unit


def where_made(network: Network, objectives: Iterable[Objective]) -> dict[Objective, Objective]:
    """For each objective what to climb: a channel that is passed on, where it is made.

    A pool or a concatenation passes on what is left behind an activation function. A channel that
    is silent on the first picture has no slope there, and the climb would never begin; before its
    own activation it always has one. Of a pool that is another mean over places, of the same map.
    Sums of several terms, neurons and whole layers are climbed as they are.

    Args:
        network: from ``convscope.load``.
        objectives: in the network's own words.
    """
    asked = {each: each.unit for each in objectives}
    made = sources(network, {unit for unit in asked.values() if unit})
    return {each: of_unit(made[unit]) if unit else each for each, unit in asked.items()}
