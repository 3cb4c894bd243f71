"""Pictures of units to stand beside what they are about."""

from collections.abc import Callable, Iterable, Sequence

from convscope.maximize.climb import Step
from convscope.maximize.recipe import Recipe
from convscope.maximize.subject import subjects
from convscope.maximize.verb import maximized, settled
from convscope.models.network import Network
from convscope.models.units import Unit
from convscope.objectives import Objective
from convscope.pictures import Picture

Told = Callable[[str, float], None]  # what is being looked for, and the share that is done


def computed(precision: str, *networks: Network) -> str:
    """The precision that 'auto' stands for, the same for all of these networks.

    Raises:
        InputError: there is no such precision, or a network cannot compute in it.
    """
    found = {settled(network, Recipe(precision=precision)).precision for network in networks}
    return found.pop() if len(found) == 1 else "float32"


def icons(
    network: Network, units: Iterable[Unit], told: Told | None = None, *, precision: str = "auto"
) -> dict[Unit, Picture]:
    """What each unit looks for, (height, width, channels) in [0, 1], by the default recipe, seed 0.

    Args:
        network: from ``convscope.load``.
        units: in the network's own words, such as ``network.units`` gives; each once.
        told: called as they come about.
        precision: what the network computes in, as of a recipe.
    """
    wanted = subjects(network, units, 1, 0)
    made: dict[Unit, Picture] = {}

    def watch(batch: Sequence[Objective], step: Step) -> None:
        if told:
            share = (len(made) + len(batch) * step.number / step.total) / len(wanted)
            told(f"What {batch[0].layers[0]} looks for", share)

    for result in maximized(network, wanted, watch=watch, precision=precision):
        assert result.unit is not None
        made[result.unit] = result.picture
    return made
