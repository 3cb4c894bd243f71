"""``convscope layers PHOTO --factors N``: a layer's answer in a few groups of channels."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope.cli import options
from convscope.cli.progress import Show
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.cli.views import Stated
    from convscope.models.network import Network

TAKES = ("layer", "target", "seed", "precision")


def make(network: "Network", photo: Path, stated: "Stated", told: Show) -> Any:
    """The factors, with the pictures of their directions and channels."""
    from convscope.views import factors

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
