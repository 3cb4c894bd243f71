"""Several photos in one command: read once, a result each, and where each one's result goes."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from convscope import files
from convscope.errors import InputError
from convscope.terminal import destinations, output
from convscope.terminal.options import NetworkOptions
from convscope.terminal.progress import Show, Stopped, progress

if TYPE_CHECKING:
    from convscope.images import Photo
    from convscope.networks.network import Network

Thing = TypeVar("Thing")
Made = TypeVar("Made")

KEPT = 64 * 2**20  # pixels of all photos together that are kept; the others are read once more


class Result(Protocol):
    """What a verb returns, as far as a command needs it."""

    def save(self, path: Path) -> Path:
        """Write it; the suffix chooses what."""

    def record(self) -> dict[str, Any]:
        """Everything but the arrays."""

    def lines(self) -> list[tuple[str, ...]]:
        """What is printed: some parts a line."""


def read(given: Sequence[Path]) -> list["Photo"]:
    """Read the photos that are meant, so that what is none is refused before anything is loaded."""
    return read_files(expanded(given))


def read_files(given: Sequence[Path]) -> list["Photo"]:
    """Read photos, none of which may be a folder."""
    from convscope import images

    photos: list[Photo] = []
    pixels = 0
    for path in given:
        picture = images.read(path)
        pixels += picture.shape[0] * picture.shape[1]
        keep = not photos or pixels <= KEPT
        photos.append(images.Photo(path, picture if keep else None))
    return photos


def expanded(given: Sequence[Path]) -> list[Path]:
    """The photos that are meant: files as they are, of a folder all photos that lie in it."""
    from convscope.datasets.photos import is_photo

    found: list[Path] = []
    for each in given:
        if not each.is_dir():
            found.append(each)
            continue
        inside = sorted(path for path in each.iterdir() if path.is_file() and is_photo(path.name))
        if not inside:
            raise InputError.expected(f"photos in the folder '{each}'", "none")
        found += inside
    return found


def names(photos: Sequence["Path | Photo"]) -> list[str]:
    """What to call each photo's result; of two photos of one name, the second has a number.

    Example:
        >>> names([Path("a/bee.jpg"), Path("b/bee.jpg"), Path("fly.png")])
        ['bee', 'bee-2', 'fly']
    """
    stems = [photo.stem for photo in photos]
    return [
        f"{stem}-{stems[:place].count(stem) + 1}" if stem in stems[:place] else stem
        for place, stem in enumerate(stems)
    ]


def paths(
    photos: Sequence["Path | Photo"],
    out: Path | None,
    ending: str,
    suffixes: Collection[str],
    beginning: str = "",
    beside: destinations.Beside = destinations.alone,
) -> list[Path]:
    """Where the results go, one a photo, by names such as 'bee-layers.png'; refused if they cannot.

    Args:
        photos: of one photo, ``out`` may be a file.
        out: a file or a folder; None for the current folder.
        ending: what a result's name ends in: '-layers.png'.
        suffixes: of the files that can be written.
        beginning: what it begins with, before the photo's name.
        beside: what else is written, beside a file of a path.
    """
    if out and len(photos) == 1 and not out.is_dir():
        return [destinations.ready(out, suffixes, beside)]
    if out and not destinations.is_folder(out):
        raise InputError.expected(f"a folder for {len(photos)} photos", f"--out {out}")
    called = [f"{beginning}{name}{ending}" for name in names(photos)]
    if out is None:
        return [destinations.default(each, suffixes, beside=beside) for each in called]
    folder = files.writable(out)
    return [destinations.ready(folder / each, suffixes, beside) for each in called]


def make_each(
    things: Sequence[Thing],
    paths: Sequence[Path],
    make: Callable[[Thing, Path], Made],
    what: str = "photos",
) -> tuple[list[tuple[Path, Made]], Stopped | None]:
    """Make a result of each thing; after Ctrl-C those that are finished, and what is to be raised.

    Ctrl-C during the only one is raised at once.
    """
    made: list[tuple[Path, Made]] = []
    try:
        for thing, path in zip(things, paths, strict=True):
            made.append((path, make(thing, path)))
    except KeyboardInterrupt:
        if len(paths) == 1:
            raise
        return made, Stopped(f"Stopped. {len(made)} of {len(paths)} {what} are finished.")
    return made, None


def report(
    made: Sequence[tuple[Path, Made]],
    stopped: Stopped | None,
    inputs: Sequence[Any],
    json: bool,
    show: Callable[[Path, Made], None],
    record: Callable[[Any], dict[str, Any]] = lambda found: found.record(),
) -> None:
    """Print what ``make_each`` returned, as JSON or by ``show``, and end with what was stopped."""
    if json:
        output.as_several([{"path": str(path), **record(found)} for path, found in made], inputs)
    else:
        for path, found in made:
            show(path, found)
    if stopped:
        raise stopped


def show_each(
    photos: Sequence["Photo"],
    paths: Sequence[Path],
    network: NetworkOptions,
    json: bool,
    make: Callable[["Network", "Photo", Show], Any],
) -> None:
    """Make a result of each photo, save it with how it was made, and print what it found."""
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()

        def one(photo: "Photo", path: Path) -> Result:
            show(None, f"Looking at {photo.name}")
            result: Result = network.noted(make(loaded, photo, show))
            result.save(path)
            return result

        made = make_each(photos, paths, one)

    def show_lines(path: Path, found: Result) -> None:
        output.line(str(path))
        output.lines(found.lines())

    report(*made, photos, json, show_lines)
