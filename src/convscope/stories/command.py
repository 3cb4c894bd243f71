"""``convscope story``: a photo's way through a network, layer by layer."""

from pathlib import Path
from typing import Annotated

from convscope.maximization.options import Precision, Steps, check_precision, precision_pairs
from convscope.terminal import options, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Room, layer_pairs
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.record import Record


@flattened
def story(
    photo: options.Photos,
    network: options.NetworkOptions,
    layer: Annotated[
        list[str] | None,
        option(
            "LAYER",
            "A layer to stop at; repeat it for more. Default: about five, from early to late.",
        ),
    ] = None,
    count: Annotated[int | None, option("N", "Channels of each layer, strongest first.")] = None,
    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP",
            "Your own photos, at least 16: also name, for each layer, the class whose photos "
            "have the most similar responses.",
        ),
    ] = None,
    seed: options.Seed = None,
    steps: Steps = None,
    precision: Precision = None,
    out: options.FigureOut = None,
    json: options.AsJson = False,
) -> None:
    """Follow a photo through a network: which channels respond, and what is left of the photo.

    Prints the figure's path, and for each layer the error of the inversion and the classes that the
    network gives it. --seed and --steps are those of the inversions and caricatures. Takes about a
    minute.
    """
    from convscope.datasets.photos import Photos
    from convscope.results import SUFFIXES
    from convscope.stories.story import story as make

    check_precision(precision)
    photos = photo_files.read(photo)
    if natural:
        Photos.of(natural)
    settings = options.given(
        count=count, natural=natural, seed=seed, steps=steps, precision=precision
    )
    paths = photo_files.paths(photos, out, "-story.png", SUFFIXES)
    photo_files.show_each(
        photos,
        paths,
        network,
        json,
        lambda loaded, each, show: make(loaded, each, layer or None, progress=show, **settings),
    )


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a story."""
    chance = [(f"--{name}", record.whole(name)) for name in ("seed", "steps")]
    pairs = (*layer_pairs(record), *chance, *precision_pairs(record))
    return CommandLine("story", (record.text("photo"),), pairs)


ROOM = Room((story,), {"story": again})
