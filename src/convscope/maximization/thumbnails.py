"""Small pictures of units that stand beside maps and other views."""

from collections.abc import Iterable

from convscope.images import Picture
from convscope.maximization.maximize import maximized, settled
from convscope.maximization.recipe import Recipe
from convscope.maximization.task import tasks
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.progress import Progress


def common_precision(precision: str, *networks: Network) -> str:
    """Return the precision that 'auto' stands for, the same for all of these networks.

    Raises:
        InputError: there is no such precision, or a network cannot compute in it.
    """
    found = {settled(network, Recipe(precision=precision)).precision for network in networks}
    return found.pop() if len(found) == 1 else "float32"


def thumbnails(
    network: Network,
    units: Iterable[Unit],
    progress: Progress | None = None,
    *,
    precision: str = "auto",
) -> dict[Unit, Picture]:
    """Return the picture of each unit, (height, width, channels) in [0, 1]: default recipe, seed 0.

    Args:
        network: from ``convscope.load``.
        units: in the network's own words, such as ``network.units`` gives; each once.
        progress: called as they come about.
        precision: what the network computes in, as of a recipe.
    """
    subjects = tasks(network, units, 1, 0)
    made: dict[Unit, Picture] = {}

    for result in maximized(network, subjects, progress=progress, precision=precision):
        assert result.unit is not None
        made[result.unit] = result.picture
    return made
