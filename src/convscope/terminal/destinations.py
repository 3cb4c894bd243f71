"""Where results go: refused before the work, not after it."""

import itertools
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from convscope import files
from convscope.errors import InputError, OutputError
from convscope.terminal import record

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


def free(name: str) -> str:
    """Return a file name that nothing here has, for a place that nobody chose."""
    path = Path(name)
    tried = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return str(next(each for each in itertools.chain([path], tried) if not each.exists()))


def is_ours(path: Path) -> bool:
    """Whether Convscope saved a file, as its record tells; tables have none."""
    if path.suffix.lower() == ".csv":
        return path.is_file()
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
        raise InputError.expected(f"a file ending in {known}", f"'{path}'")
    kept(path, *beside(path))
    files.writable(path.parent)
    return path


def kept(*paths: Path, ours: Callable[[Path], bool] = is_ours) -> None:
    """Refuse to replace files that are there already and are not ours, as ``ours`` says."""
    for path in paths:
        if path.is_dir():
            raise OutputError(f"Cannot write '{path}'. It is a folder; choose another name.")
        if path.is_file() and path.stat().st_size and not ours(path):
            raise InputError(
                f"Expected a place for a new file. Received: '{path}', which is there already and "
                "was not saved by Convscope. Choose another name, or remove it."
            )


def is_folder(path: Path) -> bool:
    """Whether a path means a folder: it is one, or it has no suffix."""
    return path.is_dir() or not path.suffix
