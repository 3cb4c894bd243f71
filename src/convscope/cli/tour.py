"""``convscope tour``: everything, on one page."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.cli import options, output, places
from convscope.cli.progress import progress


def tour(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the page goes.")] = Path(
        "convscope-tour"
    ),
    photo: Annotated[
        list[Path] | None,
        typer.Option(metavar="PHOTO", help="Look at your own photo; may be repeated."),
    ] = None,
    seed: options.Seed = None,
) -> None:
    """Show everything on one page, with the network that comes along: the place to start.

    Prints the page's path. Takes about four minutes on two cores.
    """
    from convscope import backend, pictures
    from convscope.tour import make

    photos = photo or []
    for each in photos:
        pictures.read(each)
    places.page(out)
    with progress("Loading the tour") as show:
        backend.start()
        page = make(out, photos=photos, progress=show, **options.given(seed=seed))
    output.line(str(page))
