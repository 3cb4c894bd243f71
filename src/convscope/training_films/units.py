"""The choice of units for a training film, from early layers to late ones."""

from collections.abc import Sequence

from convscope.errors import InputError, ModelError
from convscope.maximization.task import Task, tasks
from convscope.networks.draws import draw_channels
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.units import quoted
from convscope.objectives.parser import What
from convscope.spacing import evenly

LAYERS = 6  # at most, where nobody names units
FEW = 4  # layers, of each of which two units are shown


def filmed_units(network: Network, units: Sequence[What], seed: int) -> tuple[Task, ...]:
    """Return the tasks of a film, in the order in which the network computes them, each once.

    Args:
        network: from ``convscope.load``.
        units: addresses or objectives; if there are none, a spread over the layers.
        seed: of the pictures, and of the draw of units.
    """
    found = dict.fromkeys(tasks(network, units or units_across_layers(network, seed), 1, seed))
    order = list(network.layers)

    def depth(subject: Task) -> int:
        return max((order.index(layer) for layer in subject.objective.layers), default=-1)

    if any(subject.group is not None for subject in found):
        raise InputError(
            "Expected units or objectives of one picture each. Received: pictures that see each "
            f"other, {next(each.objective for each in found if each.group is not None)}."
        )
    return tuple(sorted(found, key=depth))


def units_across_layers(network: Network, seed: int) -> list[str]:
    """Return units of layers at even distances, with the first and the last layer among them.

    There is one unit for each layer, and two for each layer of a small network.
    """
    layers = trained(network)
    if not layers:
        raise ModelError(f"{network.name} has no layers with weights to film. Name its units.")
    chosen = [layers[place] for place in evenly(len(layers), LAYERS)]
    each = 2 if len(chosen) <= FEW else 1
    return [
        f"{quoted(info.address)}:{channel}"
        for info in chosen
        for channel in draw_channels(info, each, seed)
    ]


def trained(network: Network) -> list[LayerInfo]:
    """Return the layers with weights and channels, without those that only normalise."""
    return [
        info
        for info in network.layers.values()
        if info.parameters and info.channels and "Norm" not in info.kind
    ]
