"""``convscope tour``: everything, on one page."""

from pathlib import Path
from typing import Annotated

from convscope import files
from convscope.terminal import destinations, options, output, photo_files
from convscope.terminal.command_line import Room
from convscope.terminal.options import option
from convscope.terminal.progress import progress


def tour(
    out: Annotated[Path, option("FOLDER", "Where the page goes.")] = Path("convscope-tour"),
    photo: Annotated[
        list[Path] | None, option("PHOTO", "Look at your own photo; may be repeated.")
    ] = None,
    seed: options.Seed = None,
) -> None:
    """Show everything on one page, with the network in the package. Start here.

    Prints the page's path. Takes about four minutes on two cores.
    """
    from convscope import backend
    from convscope.tour.tour import make

    photos = photo_files.read_files(photo or [])
    page_folder(out)
    with progress("Loading the tour") as show:
        backend.start()
        page = make(out, photos=photos, progress=show, **options.given(seed=seed))
    output.line(str(page))


def page_folder(path: Path) -> Path:
    """Return a folder's path if a page and its pictures can be written there.

    A page of ours is replaced with its pictures. Nobody else's page is, and without a page of ours
    no pictures either.
    """
    from convscope.tour.page import TYPES, is_page
    from convscope.tour.training_chapters import FILM

    index, pictures = path / "index.html", path / "pictures"
    destinations.kept(index, ours=is_page)
    if pictures.is_dir() and not index.exists():
        known = {FILM.name}  # a film knows nothing of its origin
        found = (each for each in sorted(pictures.iterdir()) if each.suffix.lower() in TYPES)
        destinations.kept(*(each for each in found if each.name not in known))
    return files.writable(path)


ROOM = Room((tour,))
