"""``convscope compare``: which units differ most between two photos, or two networks."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope.errors import InputError
from convscope.maximization.options import Precision, check_precision, precision_pairs
from convscope.terminal import options, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room, stated_pairs
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, flag, option
from convscope.terminal.progress import Show
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.comparison.compare import Differences
    from convscope.images import Photo
    from convscope.networks.network import Network


@flattened
def compare(
    photo: Annotated[
        list[Path],
        argument(
            "PHOTO... OTHER",
            "Picture files and folders of them, and the photo that each is compared with; "
            "with --second only photos, each seen by both networks.",
        ),
    ],
    network: options.NetworkOptions,
    second: options.SecondNetworkOptions,
    layer: Annotated[
        list[str] | None,
        option("LAYER", "A layer to look at; repeat it for more. Default: all convolutions."),
    ] = None,
    count: Annotated[
        int | None, option("N", "Channels of each layer and side, largest difference first.")
    ] = None,
    with_pictures: Annotated[
        bool, flag("--with-pictures", "Beside each unit what it looks for. Takes about a minute.")
    ] = False,
    precision: Precision = None,
    out: options.TabledOut = None,
    json: options.AsJson = False,
) -> None:
    """Show which units differ most between two photos, or between two networks and one photo.

    Two networks must have the same layers. Prints the figure's path, and each
    layer's similarity.
    """
    from convscope.comparison.compare import compare as differences
    from convscope.results import TABLED

    second.check()
    check_precision(precision, with_pictures)
    photos = photo_files.read(photo if second.second else _all_but_last(photo))
    last = None if second.second else photo_files.read(photo[-1:])[0]
    named = last.stem if last else Path(str(second.second)).stem
    paths = photo_files.paths(photos, out, f"-compare-{named}.png", TABLED)
    settings = options.given(count=count, precision=precision)

    loading = cache(second.load)

    def make(loaded: "Network", each: "Photo", show: Show) -> "Differences":
        if not last:
            show(None, f"Loading {second.second}")
        other: Any = last or loading()
        made = differences(
            loaded, each, other, layer or None, pictures=with_pictures, progress=show, **settings
        )
        words = {} if last else {"second options": shlex.join(second.spelled())}
        return replace(made, source={**made.source, **words})

    photo_files.show_each(photos, paths, network, json, make)


def _all_but_last(given: Sequence[Path]) -> Sequence[Path]:
    if len(given) < 2:
        raise InputError(
            "Expected two photos, or one and --second. Received: one photo. Try: convscope compare "
            f"{given[0]} OTHER."
        )
    if given[-1].is_dir():
        raise InputError.expected("one photo to compare with", f"the folder '{given[-1]}'")
    return given[:-1]


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a comparison."""
    photo = record.text("photo")
    if "other" in record:
        about, second = [photo, record.text("other")], list[Pair]()
    else:
        about, second = [photo], _second(record, notes)
    named = [] if record.text("layers") == "all convolutions" else record.listed("layers")
    layers = [("--layer", layer) for layer in named]
    shown: list[Pair] = [("--with-pictures", None)] if record.get("pictures") == "yes" else []
    count = ("--count", record.whole("count"))
    pairs = (*second, *layers, count, *shown, *precision_pairs(record))
    return CommandLine("compare", tuple(about), pairs)


def _second(record: Record, notes: Notes) -> list[Pair]:
    """The options of the other network; of one made in Python only the name is known."""
    from convscope.networks.loading.zoo import ZOO

    if "second options" in record:
        return stated_pairs(record.words("second options"), compare, "second options")
    name = record.text("second")
    if name not in ZOO:
        digest = record.text("second digest")
        notes.add("SECOND is the file of {name}, digest {digest}.", name=name, digest=digest)
    return [("--second", name if name in ZOO else "SECOND")]


ROOM = Room((compare,), {"compare": again})
