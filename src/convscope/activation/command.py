"""``convscope layers``: what a network sees in a photo, layer by layer."""

from typing import TYPE_CHECKING, Annotated

from convscope.maximization.options import Precision, check_precision
from convscope.terminal import options, output, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import flag, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from convscope.activation.result import Activations
    from convscope.images import Photo


@flattened
def layers(
    photo: options.Photos,
    network: options.NetworkOptions,
    layer: Annotated[
        list[str] | None,
        option(
            "LAYER",
            "All channels of this layer, not some of every layer; 'LAYER:h*' for all heads.",
        ),
    ] = None,
    count: Annotated[int | None, option("N", "Channels of each layer, strongest first.")] = None,
    with_pictures: Annotated[
        bool,
        flag(
            "--with-pictures", "Beside each map, what its channel looks for. Takes about a minute."
        ),
    ] = False,
    kernels: Annotated[bool, flag("--kernels", "Show the first layer's kernels instead.")] = False,
    precision: Precision = None,
    out: options.TabledOut = None,
    json: options.AsJson = False,
) -> None:
    """Show how strongly a network's layers respond to a photo, from edges to objects.

    Prints the figure's path and what the network takes the photo for.
    """
    from convscope import drawing
    from convscope.activation.activations import activations
    from convscope.activation.layers import resolve_maps
    from convscope.maximization.thumbnails import common_precision, thumbnails
    from convscope.networks.units import layer_stem
    from convscope.results import TABLED

    check_precision(precision, with_pictures)
    drawn = with_pictures and not kernels
    layer_name = options.one_layer(layer)
    photos = photo_files.read(photo)
    words = options.spelled(
        layer=layer_name, count=count, with_pictures=with_pictures, kernels=kernels
    )
    named = f"-{layer_stem(layer_name)}" if layer_name else ""
    made = "kernels" if kernels else "layers"
    suffixes = drawing.FORMATS if kernels else TABLED
    paths = photo_files.paths(photos, out, f"{named}-{made}.png", suffixes)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        one = next(iter(resolve_maps(loaded, layer_name))) if layer_name else None
        computing = {"precision": common_precision(precision or "auto", loaded)} if drawn else {}

        def look(each: "Photo", path: "Path") -> "Activations":
            show(None, f"Looking at {each.name}")
            answer = activations(loaded, each, one)
            seen: Activations = network.noted(answer, *words, *options.spelled(**computing))
            if kernels:
                drawing.save(seen.kernels_figure(), path, seen.info())
            else:
                units = seen.shown_units(count, one) if drawn else []
                pictures = thumbnails(loaded, units, show, **computing) if units else None
                seen.save(path, layer=one, pictures=pictures, count=count)
            return seen

        found = photo_files.make_each(photos, paths, look)
    photo_files.report(*found, photos, json, _print, lambda seen: seen.record(count))


def _print(path: "Path", seen: "Activations") -> None:
    output.line(str(path))
    output.lines((label, f"{probability:.1%}") for _, label, probability in seen.top)


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of activations."""
    return CommandLine("layers", (record.text("photo"),))


ROOM = Room((layers,), {"layers": again})
