"""``convscope units``: what is inside a network."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from convscope.terminal import options, output
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument
from convscope.terminal.progress import progress

if TYPE_CHECKING:
    from convscope.networks.layers import LayerInfo
    from convscope.networks.network import Network

HEADER = ("layer", "kind", "shape", "channels", "sees", "stride", "parameters")


@flattened
def units(
    network: options.NetworkOptions,
    layer: Annotated[str | None, argument("[LAYER]", "List the units of this layer.")] = None,
    json: options.AsJson = False,
) -> None:
    """List a network's layers, or the units of one layer, by the addresses to ask for.

    'sees' is the side of the square of pixels that one neuron sees.
    """
    with progress(f"Loading {network.model}"):
        loaded = network.load(listing=True)
        found = list(loaded.layers.values()) if layer is None else None
        channels = _channels(loaded, layer) if layer is not None else []
    if json:
        rows = [{**asdict(info), "channels": info.channels} for info in found or ()]
        output.as_json(channels if found is None else rows)
    elif found is None:
        # Only classes have names of their own.
        output.lines((row["unit"], row["label"] or "") for row in channels)
    else:
        output.table(HEADER, [_row(info) for info in found])


def _channels(network: "Network", layer: str) -> list[dict[str, Any]]:
    from convscope.networks.units import quoted

    info = network.layer(layer)
    classes = info == network.head and network.labels is not None
    return [
        {
            "unit": str(unit),
            "channel": unit.channel,
            "label": network.label(unit.channel) if classes and unit.channel is not None else None,
        }
        for unit in network.units(f"{quoted(info.address)}:*")
    ]


def _row(info: "LayerInfo") -> tuple[Any, ...]:
    return (
        info.address,
        info.kind,
        "x".join(map(str, info.shape)),
        info.channels or None,
        "all" if info.receptive_field is None else info.receptive_field,
        None if info.stride is None else f"{info.stride:g}",
        info.parameters,
    )
