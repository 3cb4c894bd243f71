"""The figures of an atlas: ``convscope atlas sheet`` and ``convscope atlas layers``."""

from pathlib import Path
from typing import Annotated

from convscope.atlas.reading_commands import EditionName, Folder
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Pair
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record
from convscope.terminal.usage import completing, listing

Out = Annotated[
    Path | None,
    option(
        "FILE",
        "A figure as .png, .pdf or .svg, the numbers as .csv or .json, or arrays as .npz. Default: "
        "a .png here.",
    ),
]


def sheet(
    folder: Folder,
    layer: Annotated[str, argument("LAYER", "A layer of the atlas: block5_conv3.")],
    order: Annotated[
        str,
        option(
            "NAME",
            f"One of {listing('convscope.atlas.shown', 'ORDERS')}; similar units respond alike, or "
            "have similar kernels.",
            autocompletion=completing("convscope.atlas.shown", "ORDERS"),
        ),
    ] = "index",
    edition: EditionName = None,
    out: Out = None,
    json: options.AsJson = False,
) -> None:
    """Draw the pictures of all units of a layer on one sheet.

    Prints its path.
    """
    from convscope.atlas.atlas import read_atlas
    from convscope.atlas.layer_sheet import layer_sheet
    from convscope.results import TABLED

    path = destinations.ready(out, TABLED) if out else None
    with progress("Drawing the sheet"):
        found = layer_sheet(read_atlas(folder, edition), layer, order)
        name = f"{layer.replace('/', '-')}-sheet.png"
        path = found.save(path or destinations.default(name, TABLED))
    if json:
        output.as_json({"path": str(path), **found.record()})
    else:
        output.line(str(path))


def layers(
    folder: Folder,
    edition: EditionName = None,
    out: Out = None,
    json: options.AsJson = False,
) -> None:
    """Show how many units of each layer are silent, and how many reach beyond natural pictures.

    A silent unit is one that almost no natural picture excites. Prints the figure's path, and a
    line for each layer.
    """
    from convscope.atlas.atlas import read_atlas
    from convscope.atlas.layer_shares import layer_shares
    from convscope.results import TABLED

    path = destinations.ready(out, TABLED) if out else None
    found = layer_shares(read_atlas(folder, edition))
    path = found.save(path or destinations.default("atlas-layers.png", TABLED))
    if json:
        output.as_json({"path": str(path), **found.record()})
    else:
        output.line(str(path))
        output.lines(found.lines())


def sheet_again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a sheet."""
    about = ("sheet", record.text("folder"), record.text("layer"))
    return CommandLine("atlas", about, (("--order", record.text("order")), *_edition(record)))


def layers_again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of the shares by layer."""
    return CommandLine("atlas", ("layers", record.text("folder")), _edition(record))


def _edition(record: Record) -> tuple[Pair, ...]:
    return (("--edition", record.text("edition")),)
