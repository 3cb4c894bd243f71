"""Pictures of units to stand beside what they are about."""

from collections.abc import Callable, Iterable, Sequence

from convscope.images import Picture
from convscope.maximization.ascent import Step
from convscope.maximization.maximize import maximized
from convscope.maximization.task import subjects
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.objectives import Objective

Told = Callable[[str, float], None]  # what is being looked for, and the share that is done


def icons(network: Network, units: Iterable[Unit], told: Told | None = None) -> dict[Unit, Picture]:
    """What each unit looks for, (height, width, channels) in [0, 1], by the default recipe, seed 0.

    Args:
        network: from ``convscope.load``.
        units: in the network's own words, such as ``network.units`` gives; each once.
        told: called as they come about.
    """
    wanted = subjects(network, units, 1, 0)
    made: dict[Unit, Picture] = {}

    def watch(batch: Sequence[Objective], step: Step) -> None:
        if told:
            share = (len(made) + len(batch) * step.number / step.total) / len(wanted)
            told(f"What {batch[0].layers[0]} looks for", share)

    for result in maximized(network, wanted, watch=watch):
        assert result.unit is not None
        made[result.unit] = result.picture
    return made
