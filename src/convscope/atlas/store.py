"""The store of an atlas: a row and a picture for each key, whole or not there at all."""

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from convscope import files
from convscope.atlas import database
from convscope.atlas.database import reporting
from convscope.atlas.edition import LENGTH, Edition
from convscope.atlas.entry import Entry, Painted
from convscope.atlas.evidence import checked
from convscope.brief import Brief, counted
from convscope.errors import InputError
from convscope.networks.units import Unit

PICTURES = "pictures"  # the folder beside the database
SUFFIX = ".webp"
KEY = re.compile(rf"[0-9a-f]{{{LENGTH}}}")
LONGEST = 2**20  # letters of one record
LARGEST = 2**26  # bytes of one picture
ORDER = "place, channel, unit LIKE '-%', unit, seed"  # by layer; the opposite comes last
ROWS = "key, edition, unit, label, seed, evidence, picture_sha256, size, seconds, made"


class Store(Brief):
    """An atlas on the disk, to be read; use it in a ``with`` statement, or ``close`` it.

    A store may be read while somebody writes to it.

    Args:
        folder: where it is.

    Raises:
        InputError: there is no atlas, or it is not one that this version can read.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._rows = self._opened()

    def _opened(self) -> sqlite3.Connection:
        return database.opened(self.folder)

    def close(self) -> None:
        """Close the database."""
        self._rows.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._all("SELECT count(*) FROM entries")[0][0])

    def editions(self) -> dict[str, tuple[Edition, int]]:
        """Return the editions by their names, the latest last, each with how many were planned.

        Raises:
            InputError: a row is damaged.
        """
        rows = self._all("SELECT name, record, planned FROM editions ORDER BY made, name")
        return {name: (Edition.from_json(read(text)), planned) for name, text, planned in rows}

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return which of some keys are there."""
        found: set[str] = set()
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            marks = ", ".join("?" * len(some))
            found |= {
                row[0]
                for row in self._all(f"SELECT key FROM entries WHERE key IN ({marks})", *some)
            }
        return found

    def counts(self, edition: str) -> dict[str, int]:
        """Return how many pictures there are of each layer, in order."""
        query = (
            "SELECT layer, count(*) FROM entries WHERE edition = ? "
            "GROUP BY layer ORDER BY min(place)"
        )
        return dict(self._all(query, edition))

    def seconds(self, edition: str) -> float:
        """Return how long the pictures of an edition took together."""
        return float(
            self._all("SELECT total(seconds) FROM entries WHERE edition = ?", edition)[0][0]
        )

    def entries(self, edition: str, layer: str | None = None) -> Iterator[Entry]:
        """Yield the pictures of an edition, or of one of its layers, in order.

        Raises:
            InputError: a row is damaged.
        """
        where, values = "edition = ?", [edition]
        if layer is not None:
            where, values = f"{where} AND layer = ?", [*values, layer]
        with reporting(self.folder):
            for row in self._rows.execute(
                f"SELECT {ROWS} FROM entries WHERE {where} ORDER BY {ORDER}", values
            ):
                yield _entry(row)

    def named(self, edition: str, name: str) -> list[Entry]:
        """Return the pictures of a unit, by its address or its label, in the order of their seeds.

        Raises:
            InputError: a row is damaged.
        """
        rows = self._all(
            f"SELECT {ROWS} FROM entries WHERE edition = ? AND (unit = ? OR label = ?) "
            "ORDER BY seed",
            *(edition, name, name),
        )
        return [_entry(row) for row in rows]

    def labels(self, edition: str) -> dict[str, str]:
        """Return the label of each unit of an edition, by its address."""
        return dict(self._all("SELECT unit, label FROM entries WHERE edition = ?", edition))

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield key, evidence and its digest of every row, as they are stored."""
        with reporting(self.folder):
            yield from self._rows.execute(
                "SELECT key, evidence, evidence_sha256 FROM entries ORDER BY key"
            )

    def files(self) -> dict[str, tuple[str, int]]:
        """Return the digest and size of the picture of every key."""
        rows = self._all("SELECT key, picture_sha256, size FROM entries")
        return {key: (digest, size) for key, digest, size in rows}

    def path(self, key: str) -> Path:
        """Return where the picture of a key is.

        Raises:
            InputError: that is no key.
        """
        if not KEY.fullmatch(key):
            raise InputError.expected(f"a key of {LENGTH} hexadecimal digits", repr(key)[:80])
        return self.folder / PICTURES / key[:2] / f"{key}{SUFFIX}"

    def picture(self, entry: Entry) -> bytes:
        """Return the file of a picture, if it is whole.

        Raises:
            InputError: it is missing or torn.
        """
        path = self.path(entry.key)
        data = whole_file(path, entry.sha256)
        if data is None:
            raise InputError(
                f"The picture of {entry.label} in '{path}' is missing or torn. Try: convscope "
                f"atlas prune '{self.folder}', and build again."
            )
        return data

    def damage(self) -> str:
        """Return what is wrong with the database; '' if nothing is."""
        return database.whole(self._rows, self.folder)

    def _all(self, query: str, *values: Any) -> list[Any]:
        with reporting(self.folder):
            return self._rows.execute(query, values).fetchall()

    def _brief(self) -> str:
        return f"{self.folder}: {counted(len(self), 'picture')}"


class Writer(Store):
    """An atlas that is written to; ``writing`` makes one, with the lock held."""

    def _opened(self) -> sqlite3.Connection:
        return database.opened_to_write(self.folder)

    def begin(self, edition: Edition, planned: int) -> None:
        """Note an edition, and how many pictures of it there are to be."""
        record = written(edition.as_json())
        self._change(
            "INSERT INTO editions VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET planned = max(planned, excluded.planned)",
            [(edition.name, time.time(), planned, record)],
        )

    def add(self, made: Sequence[Painted], edition: str, seconds: float) -> None:
        """Add the pictures of one batch, all of them or none; what is there already stays.

        First the files are written, then the rows, in one transaction. What is written when the
        process ends in between has no rows, and is written again.

        Args:
            made: the pictures.
            edition: its name.
            seconds: how long they took together.

        Raises:
            OutputError: the disk is full, or cannot be written.
        """
        rows = []
        now = time.time()
        for painted in made:
            item, text = painted.item, written(painted.evidence)
            channel = -1 if item.unit.channel is None else item.unit.channel
            files.put_durably(self.path(item.key), painted.data)
            rows.append(
                (
                    *(item.key, edition, item.place, item.unit.layer, channel, str(item.unit)),
                    *(item.label, item.seed, text, sha256(text.encode()), sha256(painted.data)),
                    *(len(painted.data), seconds / len(made), now),
                )
            )
        marks = ", ".join("?" * 14)
        self._change(f"INSERT INTO entries VALUES ({marks}) ON CONFLICT (key) DO NOTHING", rows)

    def remove(self, keys: Collection[str]) -> None:
        """Remove pictures: first their rows, then their files."""
        self._change("DELETE FROM entries WHERE key = ?", [(key,) for key in keys])
        for key in filter(KEY.fullmatch, keys):
            self.path(key).unlink(missing_ok=True)

    def forget(self, edition: str) -> list[str]:
        """Remove an edition and its pictures, and return their keys."""
        keys = [row[0] for row in self._all("SELECT key FROM entries WHERE edition = ?", edition)]
        self.remove(keys)
        self._change("DELETE FROM editions WHERE name = ?", [(edition,)])
        return keys

    def _change(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement for each row, in one transaction."""
        with reporting(self.folder):
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                self._rows.executemany(statement, rows)
                self._rows.execute("COMMIT")
            except BaseException:
                if self._rows.in_transaction:
                    self._rows.execute("ROLLBACK")
                raise


@contextmanager
def writing(folder: str | os.PathLike[str], wait: float = 0.0) -> Iterator[Writer]:
    """Yield the atlas in a folder to be written to, with its lock; both are made if missing.

    Args:
        folder: of the atlas.
        wait: seconds for another writer to end.

    Raises:
        InputError: the folder has something else in it, or an atlas of a newer version.
        OutputError: the folder cannot be written, or another process writes to the atlas.
    """
    path = free(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = files.REMEDIES.get(error.errno or 0, f"The reason: {error}.")
        raise InputError(f"Cannot make the folder '{path}'. {remedy}") from error
    with database.locked(path, wait), closing(Writer(path)) as store:
        yield store


def free(folder: str | os.PathLike[str]) -> Path:
    """Return a folder's path if an atlas is there, or if one can be made there.

    Raises:
        InputError: there are files of somebody else's and no atlas, or one that cannot be read.
        OutputError: it is a file, or cannot be written.
    """
    path = files.writable(Path(folder))
    if database.is_atlas(path) and (path / database.NAME).stat().st_size:
        Store(path).close()
    elif path.is_dir() and not database.is_atlas(path):
        # The lock is what a build that was ended at once leaves.
        other = sorted(each.name for each in path.iterdir() if each.name != database.LOCK)
        if other:
            raise InputError(
                f"Expected an atlas, an empty folder or a new one. Received: '{path}', which holds "
                f"'{other[0]}'{' and others' if len(other) > 1 else ''}. Choose another folder."
            )
    return path


def whole_file(path: Path, digest: str) -> bytes | None:
    """Return a file's content if it is what was written; None if it is missing or torn."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    return data if sha256(data) == digest else None


def written(record: Any) -> str:
    """Return a record as the text that is stored: equal records give equal texts."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read(text: str) -> Any:
    """Return the record of a stored text.

    Raises:
        InputError: it is too long, or no record.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError("too long")
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError.expected(
            "the record of a picture", "a damaged one", "Try: convscope atlas verify."
        ) from error
    if not isinstance(found, dict):
        raise InputError.expected("the record of a picture", "another one")
    return found


def sha256(data: bytes) -> str:
    """Return the digest of a file's content, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _entry(row: Any) -> Entry:
    if tuple(map(type, row)) != (str, str, str, str, int, str, str, int, float, float):
        raise InputError.expected("the row of a picture", "a damaged one")
    key, edition, unit, label, seed, text, *more = row
    return Entry(key, edition, Unit.parse(unit), label, seed, checked(read(text)), *more)
