"""``convscope dictionary``: what every layer says at one place of a photo."""

from pathlib import Path
from typing import Annotated

from convscope.errors import InputError
from convscope.maximization.options import Precision, check_precision, precision_pairs
from convscope.terminal import options, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Room, layer_pairs
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.record import Record


@flattened
def dictionary(
    photo: options.Photos,
    network: options.NetworkOptions,
    at: Annotated[
        str, option("ROW,COLUMN", "The place, in pixels of the network's size, such as 30,20.")
    ],
    layer: Annotated[
        list[str] | None,
        option(
            "LAYER",
            "A layer to look at; repeat it for more. Default: about five, from early to late.",
        ),
    ] = None,
    count: Annotated[
        int | None, option("N", "Channels of each layer, most unusual first. Default: 8.")
    ] = None,
    natural: Annotated[
        Path | None, option("DIR|ZIP", "Photos of yours, at least 16: what is unusual among them.")
    ] = None,
    precision: Precision = None,
    out: options.FigureOut = None,
    json: options.AsJson = False,
) -> None:
    """Show which channels respond at one place of a photo, each by its picture.

    Prints the figure's path, and the channels of each layer. Takes about a minute.
    """
    from convscope.datasets.photos import Photos
    from convscope.results import SUFFIXES
    from convscope.semantic_dictionary.dictionary import dictionary as look_up

    place = read_place(at)
    check_precision(precision)
    photos = photo_files.read(photo)
    if natural:
        Photos.of(natural)
    settings = options.given(count=count, natural=natural, precision=precision)
    ending = f"-dictionary-{place[0]}-{place[1]}.png"
    paths = photo_files.paths(photos, out, ending, SUFFIXES)
    photo_files.show_each(
        photos,
        paths,
        network,
        json,
        lambda loaded, each, show: look_up(
            loaded, each, place, layer or None, progress=show, **settings
        ),
    )


def read_place(text: str) -> tuple[int, int]:
    """Read a place such as '20,35': row and column.

    Example:
        >>> read_place("20,35")
        (20, 35)
    """
    row, _, column = text.replace(" ", "").partition(",")
    if not (row.isdecimal() and column.isdecimal()):
        raise InputError.expected("a place as ROW,COLUMN, such as 20,35", repr(text))
    return int(row), int(column)


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a dictionary."""
    pairs = (("--at", record.text("at")), *layer_pairs(record), *precision_pairs(record))
    return CommandLine("dictionary", (record.text("photo"),), pairs)


ROOM = Room((dictionary,), {"dictionary": again})
