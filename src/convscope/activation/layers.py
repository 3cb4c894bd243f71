"""The choice of layers to show."""

from collections.abc import Sequence

from convscope.errors import InputError
from convscope.networks.blocks import main_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.spacing import evenly


def resolve_layers(network: Network, names: str | Sequence[str] | None) -> list[LayerInfo]:
    """Return the layers with some names, each once, in the order they run; or the main ones."""
    if names is None:
        found = main_layers(network)
        if not found:
            raise InputError(
                f"{network.name} has no convolutions that give maps. Name the layers to look at: "
                f"layers=[...], out of {_some_maps(network)}."
            )
        return found
    chosen = {network.layer(name) for name in ([names] if isinstance(names, str) else names)}
    for info in chosen:
        if not info.is_map:
            raise InputError(
                f"{info.address} ({info.kind}) gives no maps: its shape is {info.shape}. "
                f"Layers with maps: {_some_maps(network)}."
            )
    if not chosen:
        raise InputError.expected("at least one layer", "none")
    return [info for info in network.layers.values() if info in chosen]


def evenly_spread(values: Sequence[str], most: int) -> list[str]:
    """Return at most so many of the values, evenly spaced, with the first and the last."""
    return [values[place] for place in evenly(len(values), most)]


def _some_maps(network: Network) -> str:
    names = [info.address for info in network.layers.values() if info.is_map]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more if names else "none"
