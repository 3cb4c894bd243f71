"""Where results go: refused before the work, not after it."""

import itertools
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from convscope import files
from convscope.cli import record
from convscope.errors import InputError, OutputError

Beside = Callable[[Path], Iterable[Path]]  # what is written beside a file of this path


def alone(path: Path) -> list[Path]:
    """A file that nothing is written beside."""
    return []


def default(
    name: str, suffixes: Collection[str], folder: Path = Path(), beside: Beside = alone
) -> Path:
    """A path that nobody stated: a file that is not ours gets company, 'unit-2.png', not lost."""
    path = folder / name
    for number in itertools.count(2):
        if all(not each.exists() or is_ours(each) for each in (path, *beside(path))):
            return ready(path, suffixes, beside)
        path = (folder / name).with_stem(f"{Path(name).stem}-{number}")
    raise AssertionError("numbers have no end")


def is_ours(path: Path) -> bool:
    """Whether Convscope saved a file, as its record tells; tables have none."""
    if path.suffix.lower() == ".csv":
        return path.is_file()
    if path.suffix.lower() == ".html":
        from convscope.tour.page import is_page

        return is_page(path)
    try:
        return bool(record.read(path))
    except InputError:
        return False


def ready(path: Path, suffixes: Collection[str], beside: Beside = alone) -> Path:
    """Return a file's path if its suffix is known and something can be written there.

    A file that is there already is replaced only if it is one of ours; nor is one beside it.
    """
    if path.is_dir():
        raise OutputError(f"Cannot write '{path}'. It is a folder; add a file name.")
    if path.suffix.lower() not in suffixes:
        known = ", ".join(dict.fromkeys(suffixes))
        raise InputError(f"Expected a file ending in {known}. Received: '{path}'.")
    kept(path, *beside(path))
    folder(path.parent)
    return path


def kept(*paths: Path) -> None:
    """Refuse to replace files that are there already and are not ours."""
    for path in paths:
        if path.is_dir():
            raise OutputError(f"Cannot write '{path}'. It is a folder; choose another name.")
        if path.is_file() and path.stat().st_size and not is_ours(path):
            raise InputError(
                f"Expected a place for a new file. Received: '{path}', which is there already and "
                "was not saved by Convscope. Choose another name, or remove it."
            )


def page(path: Path) -> Path:
    """Return a folder's path if a page and its pictures can be written there.

    A page of ours is replaced with its pictures. Nobody else's page is, and without a page of ours
    no pictures either.
    """
    from convscope.tour.learned import FILM
    from convscope.tour.page import TYPES

    index, pictures = path / "index.html", path / "pictures"
    kept(index)
    if pictures.is_dir() and not index.exists():
        known = {FILM.name}  # a film knows nothing of its origin
        found = (each for each in sorted(pictures.iterdir()) if each.suffix.lower() in TYPES)
        kept(*(each for each in found if each.name not in known))
    return folder(path)


def folder(path: Path) -> Path:
    """Return a folder's path if it is there, or can be made, and takes files."""
    return files.writable(path)


def is_folder(path: Path) -> bool:
    """Whether a path means a folder: it is one, or it has no suffix."""
    return path.is_dir() or not path.suffix
