"""``convscope layers PHOTO --factors N``: a layer's answer in a few groups of channels."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.errors import InputError
from convscope.terminal import options
from convscope.terminal.options import Stated
from convscope.terminal.progress import Show

if TYPE_CHECKING:
    from convscope.networks.network import Network

TAKES = ("layer", "target", "seed", "precision")


def make(network: "Network", photo: Path, stated: Stated, told: Show) -> Any:
    """The factors, with the pictures of their directions and channels."""
    from convscope.neuron_groups.factors import factors

    layers = stated.get("layer", [])
    if len(layers) > 1:
        raise InputError(f"Expected one layer. Received: {', '.join(layers)}.")
    return factors(
        network,
        photo,
        layers[0] if layers else None,
        count=stated["factors"],
        seed=stated.get("seed", 0),
        target=stated.get("target"),
        told=told,
        **options.given(precision=stated.get("precision")),
    )
