"""Checks of archives and HDF5 files before anything in them is unpacked."""

import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from convscope.errors import ModelError

if TYPE_CHECKING:
    import h5py

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
INSIDE = "model.weights.h5"  # of a .keras archive

# Weights hardly shrink when compressed, so a file that unpacks to far more is an attack.
UNPACKED, ROOM = 20, 64 * 2**20
MEMBERS = 1000  # of an archive; Keras writes three, and a few more for vocabularies
# Other ways of packing are unpacked whole, however large the member says it is.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Of a configuration: bytes, and the items in it. The largest networks have a tenth of this.
TEXT, ITEMS = 10 * 2**20, 1_000_000


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield a .keras archive whose members are all such as Keras writes."""
    with zipfile.ZipFile(path) as archive:
        _refuse_odd_members(archive, path)
        yield archive


@contextmanager
def weights_inside(archive: zipfile.ZipFile, path: Path) -> Iterator[tuple[io.BytesIO, Any, int]]:
    """Yield the weights of an archive: as bytes, as an HDF5 file, and the size of its arrays."""
    import h5py

    data = io.BytesIO(_read(archive, INSIDE))
    with h5py.File(data, "r") as file:
        yield data, file, refuse_odd_arrays(file, path)


def text_inside(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Return a member that is a JSON text, if it is small enough to be parsed."""
    if archive.getinfo(name).file_size > TEXT:
        raise _odd(path, f"more than {TEXT:,} bytes in {name!r}")
    return parsable(_read(archive, name), path)


def parsable(text: str | bytes, path: Path) -> str:
    """Return a JSON text, or raise an error if it is so large that parsing fills the memory."""
    found = text.decode("utf-8") if isinstance(text, bytes) else text
    items = sum(map(found.count, ",[{"))
    if len(found) > TEXT or items > ITEMS:
        raise _odd(path, f"a configuration of {len(found):,} letters and {items:,} items")
    return found


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member, and never more of it than was checked."""
    size = archive.getinfo(name).file_size
    with archive.open(name) as member:
        data = member.read(size + 1)
    if len(data) != size:
        raise zipfile.BadZipFile(f"{name!r} is not as large as it says")
    return data


def refuse_odd_arrays(file: "h5py.File", path: Path) -> int:
    """Refuse arrays that are elsewhere or would fill the memory; return the size of all in bytes.

    Args:
        file: an open HDF5 file.
        path: what it is called, and how large it is.
    """
    import h5py

    total, seen, waiting = 0, set(), [file]
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _odd(path, f"{name!r}, a link to somewhere else")
            part = group[name]
            place = h5py.h5o.get_info(part.id).addr
            if place in seen:
                continue
            seen.add(place)
            if isinstance(part, h5py.Group):
                waiting.append(part)
            elif isinstance(part, h5py.Dataset):
                if part.external or part.is_virtual:
                    raise _odd(path, f"{name!r}, whose numbers are in another file")
                total += part.nbytes
    _refuse_bomb(path, total)
    return total


def _refuse_odd_members(archive: zipfile.ZipFile, path: Path) -> None:
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise _odd(path, f"{len(members):,} members")
    names = set()
    for member in members:
        name = PurePosixPath(member.filename)
        if member.filename in names:
            raise _odd(path, f"{member.filename!r} twice")
        names.add(member.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in member.orig_filename:
            raise _odd(path, f"{member.filename!r}, which would leave the folder")
        if not member.filename.isprintable() or "\0" in member.orig_filename:
            raise _odd(path, f"{member.filename!r}, which no file is called")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _odd(path, f"{member.filename!r}, a link to somewhere else")
        if member.flag_bits & 1:
            raise _odd(path, f"{member.filename!r}, which is encrypted")
        if member.compress_type not in PACKED:
            raise _odd(path, f"{member.filename!r}, packed in a way that Keras does not use")
    _refuse_bomb(path, sum(member.file_size for member in members))


def _refuse_bomb(path: Path, unpacked: int) -> None:
    """Refuse a small file that would fill the memory when it is unpacked."""
    size = path.stat().st_size
    most = UNPACKED * size + ROOM
    if unpacked > most:
        raise ModelError.expected(
            f"a Keras archive of at most {most:,} bytes inside",
            f"{path.name}, {size:,} bytes that unpack to {unpacked:,}",
        )


def _odd(path: Path, what: str) -> ModelError:
    return ModelError.expected("a file as Keras writes it", f"{path.name}, which holds {what}")
