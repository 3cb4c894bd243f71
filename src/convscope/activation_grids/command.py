"""``convscope grid``: at each place of a photo, a picture of a layer's response there."""

from typing import Annotated

from convscope.maximization.options import Precision, check_precision, precision_pairs, size_pairs
from convscope.terminal import options, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.record import Record


@flattened
def grid(
    photo: options.Photos,
    network: options.NetworkOptions,
    layer: Annotated[list[str], option("LAYER", "A layer that has rows and columns.")],
    count: Annotated[
        int | None,
        option(
            "N",
            "Show the places by so many groups of channels. Default: 16 groups for a layer of "
            "more than 256 places, and a picture of every place for others.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        option("N|HxW|fit", "Size of each picture in pixels. Default: 64, or less if 'fit' is."),
    ] = None,
    seed: options.Seed = None,
    precision: Precision = None,
    out: options.FigureOut = None,
    json: options.AsJson = False,
) -> None:
    """Show what a layer responds to at each place of a photo, by a picture of every place.

    Pictures of longer vectors are larger. Prints the figure's path. Takes about a minute for
    vgg16-tiny.
    """
    from convscope.activation_grids.grid import activation_grid
    from convscope.networks.units import layer_stem
    from convscope.results import SUFFIXES

    layer_name = options.one_layer(layer) or ""
    shape = options.shaped(size)
    check_precision(precision)
    photos = photo_files.read(photo)
    settings = options.given(count=count, seed=seed, size=shape, precision=precision)
    paths = photo_files.paths(photos, out, f"-{layer_stem(layer_name)}-grid.png", SUFFIXES)
    photo_files.show_each(
        photos,
        paths,
        network,
        json,
        lambda loaded, each, show: activation_grid(
            loaded, each, layer_name, progress=show, **settings
        ),
    )


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a grid."""
    pairs: list[Pair] = [("--layer", record.text("layer"))]
    if "count" in record:
        pairs.append(("--count", record.whole("count")))
    pairs += [*size_pairs(record), ("--seed", record.whole("seed")), *precision_pairs(record)]
    return CommandLine("grid", (record.text("photo"),), tuple(pairs))


ROOM = Room((grid,), {"grid": again})
