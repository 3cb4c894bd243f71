"""A folder or a .zip of photos, which stands for natural pictures."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from convscope import images
from convscope.brief import Brief
from convscope.errors import InputError, PictureError
from convscope.images import Picture

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ppm")
LEAST = 16  # photos: fewer are no distribution
# Of one file in an archive, unpacked: an archive may claim anything, memory is finite.
LARGEST = 1 << 28

Read = Callable[[str], Picture]


@dataclass(frozen=True)
class Photos(Brief):
    """The picture files of a folder or an archive, in the order of their names.

    Args:
        where: the folder, with all that is in it, or the .zip.
        names: of the files, relative to it.
        digest: sixteen hexadecimal digits that change with any file's name, size or date.
    """

    where: Path
    names: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, where: str | os.PathLike[str]) -> "Photos":
        """Return the photos' names, without reading them."""
        path = Path(where)
        if path.is_dir():
            marks = _in_folder(path)
        elif path.is_file() and path.suffix.lower() == ".zip":
            marks = _in_archive(path)
        else:
            raise InputError.expected("a folder of photos or a .zip of them", f"'{where}'")
        if len(marks) < LEAST:
            raise InputError.expected(f"at least {LEAST} photos in '{where}'", len(marks))
        digest = hashlib.sha256(repr(sorted(marks.items())).encode()).hexdigest()[:16]
        return cls(path, tuple(sorted(marks)), digest)

    @contextmanager
    def opened(self) -> Iterator[Read]:
        """Yield a function from a name to its picture, which raises PictureError if damaged."""
        if self.where.is_dir():
            yield lambda name: images.read(self.where / name)
            return
        with _archive(self.where) as archive:
            yield partial(_unpacked, archive)


def is_photo(name: str) -> bool:
    """Return whether a file's name is that of a photo."""
    path = Path(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _in_folder(folder: Path) -> dict[str, tuple[float, ...]]:
    try:
        files = (path for path in folder.rglob("*") if is_photo(path.name) and path.is_file())
        found = {path: path.stat() for path in files}
    except OSError as error:
        raise InputError(f"Cannot read the folder '{folder}': {error.strerror}.") from error
    return {
        path.relative_to(folder).as_posix(): (state.st_size, state.st_mtime_ns)
        for path, state in found.items()
    }


def _in_archive(path: Path) -> dict[str, tuple[float, ...]]:
    with _archive(path) as archive:
        return {
            part.filename: (part.file_size, part.CRC)
            for part in archive.infolist()
            if is_photo(part.filename)
        }


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"Cannot read '{path}': {error}. Try: pack or fetch the archive again."
        ) from error
    with archive:
        yield archive


def _unpacked(archive: zipfile.ZipFile, name: str) -> Picture:
    part = archive.getinfo(name)
    if part.file_size > LARGEST:
        raise PictureError(f"Cannot read {name!r}: it unpacks to {part.file_size:,} bytes.")
    try:
        data = archive.read(part)
    # Of another version, encrypted, cut short: zipfile and zlib each raise their own.
    except Exception as error:
        raise PictureError(f"Cannot read {name!r} in the archive: {error}.") from error
    return images.decode(data, name)
