"""The choice of layers to show."""

from collections.abc import Sequence

from convscope.errors import InputError, some
from convscope.networks.blocks import main_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.units import ALL_HEADS, quoted
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


def resolve_maps(network: Network, names: str | Sequence[str] | None) -> dict[str, Tap]:
    """Return where the maps of some layers, or of their heads, are captured, in order.

    Args:
        network: whose layers they are.
        names: of layers, or such as 'attention:h*' for the heads of one; the main layers if None.

    Returns:
        The taps by what the maps are called: the address of the layer, or that and ':h*'.
    """
    wanted = [names] if isinstance(names, str) else names
    heads = [each for each in wanted or () if _names_heads(network, each)]
    plain = None if wanted is None else [each for each in wanted if each not in heads]
    infos = resolve_layers(network, plain) if plain or not heads else []
    mixed = {unit.layer for unit in network.units(*heads)}
    if mixed:
        resolve_layers(network, sorted(mixed))  # refuses those without maps
    found = {}
    for info in network.layers.values():
        if info in infos:
            found[info.address] = Tap(info.address, after=True)
        if info.address in mixed:
            found[quoted(info.address) + ALL_HEADS] = Tap(info.address, heads=True)
    return found


def _names_heads(network: Network, name: str) -> bool:
    return name.endswith(ALL_HEADS) and name not in network.layers


def evenly_spread(values: Sequence[str], most: int) -> list[str]:
    """Return at most so many of the values, evenly spaced, with the first and the last."""
    return [values[place] for place in evenly(len(values), most)]


def _some_maps(network: Network) -> str:
    return some([info.address for info in network.layers.values() if info.is_map])
