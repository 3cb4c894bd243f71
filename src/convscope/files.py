"""Writes that are complete or do not happen: a reader sees the old file or the new one."""

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from convscope import drafts
from convscope.errors import InputError, OutputError

# What went wrong while writing, and what to try; other reasons are given in the system's own words.
REMEDIES = {
    errno.EACCES: "The folder does not allow it; choose another one.",
    errno.EPERM: "The folder does not allow it; choose another one.",
    errno.EROFS: "The disk is read-only; choose another one.",
    errno.ENOSPC: "The disk is full; free some space or choose another one.",
    errno.EDQUOT: "Your share of the disk is full; free some space or choose another one.",
    errno.EISDIR: "It is a folder; add a file name.",
    errno.ENOTDIR: "A part of the path is a file, not a folder; choose another folder.",
    errno.EEXIST: "A part of the path is a file, not a folder; choose another folder.",
    errno.EINVAL: "It is a device or a pipe; choose an ordinary file.",
    errno.ENAMETOOLONG: "The name is too long; choose a shorter one.",
}


@contextmanager
def draft(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a hidden path beside `path`, with its suffix, for code that writes to a path itself.

    When the block ends, the draft becomes `path`. When it fails, also by Ctrl-C, the draft is
    removed and an existing file at `path` is unchanged. Missing folders are made.

    with draft("films/bee.mp4") as hidden:
        encoder.write(hidden)
    """
    # A link stays a link: the file it points to is the one that is replaced.
    target = Path(os.path.realpath(path))
    hidden = target.parent / drafts.name(target.suffix)
    try:
        _refuse_special(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        drafts.sweep(target.parent)
        yield hidden
        hidden.replace(target)
    except OutputError:
        raise
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, f"The reason: {error}.")
        raise OutputError(f"Cannot write {os.fspath(path)!r}. {remedy}") from error
    finally:
        with suppress(OSError):
            hidden.unlink(missing_ok=True)


def cache() -> Path:
    """Return the folder of cached results: $CONVSCOPE_CACHE, or the user's cache folder."""
    if stated := os.environ.get("CONVSCOPE_CACHE"):
        return Path(os.path.expanduser(stated))
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(os.path.expanduser(home)) / "convscope"  # as it stands where there is no home


def remembered(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file in the cache; empty if it is damaged or missing."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def writable(path: Path) -> Path:
    """Return a folder's path if it is there, or can be made, and takes files."""
    nearest = path
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise OutputError(
            f"Cannot write into '{path}'. '{nearest}' is a file, not a folder; choose another one."
        )
    if not os.access(nearest, os.W_OK):
        raise OutputError(
            f"Cannot write into '{path}'. The folder does not allow it; choose another one."
        )
    return path


def exported_before(
    folder: Path, signed: str, made: re.Pattern[str], page: str = "index.html"
) -> set[str]:
    """Return the files that an earlier export left in a folder, by their paths in it.

    Args:
        folder: where an export goes; it need not be there.
        signed: what the end of every such page has in it.
        made: matches the paths of files that exports write into inner folders.
        page: the file that is signed.

    Raises:
        InputError: there are files of somebody else's.
        OutputError: it is a file, or cannot be written.
    """
    writable(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    first = folder / page
    if not (first.is_file() and signed in first.read_text("utf-8", "replace")[-2000:]):
        raise InputError(
            f"Expected a new or empty folder, or an earlier export. Received: '{folder}', which "
            f"holds '{min(each.name for each in folder.iterdir())}'. Choose another one."
        )
    found = (path.relative_to(folder).as_posix() for path in folder.glob("*/*"))
    return {name for name in found if made.fullmatch(name)}


def put(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write `data`, whole or not at all, and return the path."""
    with draft(path) as hidden:
        hidden.write_bytes(data)
    return Path(path)


def put_durably(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write `data`, whole or not at all, so that it also survives a loss of power."""
    with draft(path) as hidden, hidden.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    keep_names(Path(path).parent)
    return Path(path)


def keep_names(folder: Path) -> None:
    """Have the names of the files in a folder survive a loss of power, where systems can."""
    with suppress(OSError):  # not on every system can a folder be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def put_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write `text` as UTF-8, whole or not at all, and return the path."""
    return put(path, text.encode("utf-8"))


def put_json(path: str | os.PathLike[str], value: object) -> Path:
    """Write `value` as indented JSON, in its own order, with a newline at the end."""
    return put_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _refuse_special(target: Path) -> None:
    """Refuse folders, devices and pipes: replacing /dev/null would break the machine."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))
