"""What an objective is climbed as: channels that a layer passes on, where they are made."""

from collections.abc import Iterable

from convscope.models.network import Network
from convscope.models.origins import sources
from convscope.objectives import Objective


def where_made(network: Network, objectives: Iterable[Objective]) -> dict[Objective, Objective]:
    """For each objective the same one, listening where its channels are made.

    A pool or a concatenation passes on what is left behind an activation function. A channel that
    is silent on the first picture has no slope there, and the climb would never begin; before its
    own activation it always has one.

    Args:
        network: from ``convscope.load``.
        objectives: in the network's own words.
    """
    asked = list(objectives)
    made = sources(network, {unit for each in asked for unit in each.units})
    return {each: each.moved(made) for each in asked}
