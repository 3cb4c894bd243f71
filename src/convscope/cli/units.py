"""``convscope units``: what is inside a network."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope.brief import counted
from convscope.errors import InputError
from convscope.terminal import options, output
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import Show, progress

if TYPE_CHECKING:
    from convscope.networks.layers import LayerInfo
    from convscope.networks.network import Network
    from convscope.networks.units import Unit
    from convscope.networks.words import InWords

HEADER = ("layer", "kind", "shape", "channels", "sees", "stride", "parameters")


@flattened
def units(
    network: options.NetworkOptions,
    layer: Annotated[str | None, argument("[LAYER]", "List the units of this layer.")] = None,
    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP",
            "Your own labelled photos, one folder for each class, to say what each unit of the "
            "layer separates best; the measurements are cached.",
        ),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """List a network's layers, or the units of one layer, by the addresses to ask for.

    'sees' is the side of the square of pixels that one neuron sees. A shape such as 8x8x192 +1 is
    of a transformer's tokens: a grid of patches, and one token before them, the class token, whose
    channels are LAYER:N@cls. An attention layer of 3 heads has the units LAYER:h0 to h2. Beside a
    unit is the label of
    photos that its responses separate best from the rest, with the AUC: 0.5 is chance, 1 is best.
    It is known for the networks in the package, and for others with --natural.
    """
    if natural and layer is None:
        raise InputError.expected("a layer whose units are put into words", "--natural alone")
    with progress(f"Loading {network.model}") as show:
        loaded = network.load(listing=natural is None)
        found = list(loaded.layers.values()) if layer is None else None
        channels = _channels(loaded, layer, natural, show) if layer is not None else []
    if json:
        rows = [{**asdict(info), "channels": info.channels} for info in found or ()]
        output.as_json(channels if found is None else rows)
    elif found is None:
        # Only classes have names of their own.
        output.lines((row["unit"], row["label"] or "", _short(row["words"])) for row in channels)
    else:
        output.table(HEADER, [_row(info) for info in found])


def _channels(
    network: "Network", layer: str, natural: Path | None, show: Show
) -> list[dict[str, Any]]:
    from convscope.networks.units import quoted

    info = network.layer(layer)
    words = _words(network, f"{quoted(info.address)}:*", natural, show)
    classes = info == network.head and network.labels is not None
    return [
        {
            "unit": str(unit),
            "channel": unit.channel,
            "head": unit.head,
            "label": network.label(unit.channel) if classes and unit.channel is not None else None,
            "words": words[str(unit)].as_json() if str(unit) in words else None,
        }
        for unit in _units(network, info)
    ]


def _units(network: "Network", info: "LayerInfo") -> list["Unit"]:
    """Return a layer's channels, those of its tokens before the patches, and its heads."""
    from convscope.networks.tokens import token_name
    from convscope.networks.units import quoted

    every = f"{quoted(info.address)}:*"
    tokens = [f"{every}@{token_name(number)}" for number in range(info.prefix or 0)]
    heads = [f"{quoted(info.address)}:h*"] if info.heads else []
    return list(network.units(every, *tokens, *heads))


def _words(
    network: "Network", units: str, natural: Path | None, show: Show
) -> Mapping[str, "InWords"]:
    """Return units in words; none if no labelled photos were given and the network brings none."""
    from convscope.datasets.words import units_in_words
    from convscope.networks.words import InWords

    if natural:
        return units_in_words(network, units, natural=natural, progress=show)
    told = network.natural.in_words if network.natural else None
    found = {str(unit): told(unit) for unit in network.units(units)} if told else {}
    return {unit: words for unit, words in found.items() if isinstance(words, InWords)}


def _short(words: Mapping[str, Any] | None) -> str:
    """Return a unit in words as it stands in a list: 'king penguin 0.97'."""
    if words is None:
        return ""
    best = words["high"]["pair"] or words["high"]["label"]
    return f"{best['text']} {best['auc']:.2f}"


def _row(info: "LayerInfo") -> tuple[Any, ...]:
    return (
        info.address,
        info.kind + (f", {counted(info.heads, 'head')}" if info.heads else ""),
        "x".join(map(str, info.shape)) + (f" +{info.prefix}" if info.prefix else ""),
        info.channels or None,
        "all" if info.receptive_field is None else info.receptive_field,
        None if info.stride is None else f"{info.stride:g}",
        info.parameters,
    )
