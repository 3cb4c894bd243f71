"""The database of an atlas: an SQLite file, opened only if it is one of ours."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from convscope.errors import ConvscopeError, InputError, OutputError
from convscope.files import REMEDIES

NAME, LOCK = "atlas.sqlite", "atlas.lock"
APPLICATION = 0x43564154  # 'CVAT', by which SQLite's own tools know the file too
VERSION = 1  # of the tables

# One statement a table: a file with any other table, view or trigger is not opened.
TABLES = (
    "CREATE TABLE editions (name TEXT PRIMARY KEY, made REAL NOT NULL, planned INTEGER NOT NULL, "
    "record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entries (key TEXT PRIMARY KEY, edition TEXT NOT NULL, place INTEGER NOT NULL, "
    "layer TEXT NOT NULL, channel INTEGER NOT NULL, unit TEXT NOT NULL, "
    "label TEXT NOT NULL, seed INTEGER NOT NULL, evidence TEXT NOT NULL, "
    "evidence_sha256 TEXT NOT NULL, picture_sha256 TEXT NOT NULL, "
    "size INTEGER NOT NULL, seconds REAL NOT NULL, made REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX entries_in_order ON entries (edition, place, channel)",
)
DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_TOOBIG)
LONGEST = 2**21  # bytes of a row
LOCK_SECONDS = 30.0  # that a reader waits for a writer's short transactions


def is_atlas(folder: Path) -> bool:
    """Return whether a folder holds the database of an atlas."""
    return (folder / NAME).is_file()


def opened(folder: Path) -> sqlite3.Connection:
    """Return the database of an atlas, to be read only.

    Raises:
        InputError: there is none, it is not one of ours, or a newer version made it.
    """
    path = folder / NAME
    if not path.is_file():
        raise InputError.expected(
            "the folder of an atlas",
            f"'{folder}', which has no {NAME}",
            "Try: convscope atlas build.",
        )
    # A disk that cannot be written to has no place for what readers share; then nobody writes.
    own = os.access(folder, os.W_OK)
    fixed = not own and not (folder / f"{NAME}-wal").exists()
    with reporting(folder):
        address = f"{path.absolute().as_uri()}?mode={'rw' if own else 'ro'}{'&immutable=1' * fixed}"
        connection = sqlite3.connect(address, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
        try:
            _prepare(connection)
            connection.execute("PRAGMA query_only = ON")
            _check(connection, folder)
        except BaseException:
            connection.close()
            raise
    return connection


def opened_to_write(folder: Path) -> sqlite3.Connection:
    """Return the database of an atlas, made if there is none; call it with the lock held.

    Raises:
        InputError: it is not one of ours, or a newer version made it.
        OutputError: it cannot be written.
    """
    path = folder / NAME
    with reporting(folder):
        connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        try:
            _prepare(connection)
            fresh = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if fresh and not connection.execute("PRAGMA application_id").fetchone()[0]:
                _create(connection)
            _check(connection, folder)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def locked(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of an atlas, so that there is one writer; it ends with the process.

    Args:
        folder: of the atlas.
        wait: seconds for another writer to end.

    Raises:
        OutputError: somebody else holds it for longer.
    """
    with reporting(folder):
        lock = sqlite3.connect(folder / LOCK, timeout=wait, isolation_level=None)
    with closing(lock):
        try:
            lock.execute("PRAGMA journal_mode = MEMORY")
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_BUSY):
                raise _told(error, folder) from error
            raise OutputError(
                f"Another process is writing to the atlas in '{folder}'. Wait for its "
                "end, or choose another folder."
            ) from error
        except sqlite3.Error as error:
            raise _told(error, folder) from error
        yield


@contextmanager
def reporting(folder: Path) -> Iterator[None]:
    """Turn errors of SQLite into one line about the atlas."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(error, folder) from error


def whole(connection: sqlite3.Connection, folder: Path) -> str:
    """Return what SQLite finds wrong with the structure of the file; '' if nothing is."""
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return str(_told(error, folder))
    return "" if found == "ok" else str(found)


def _prepare(connection: sqlite3.Connection) -> None:
    # Nothing that a file brings is run: no function in a view, a trigger or an index.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, folder: Path) -> None:
    """Refuse a database of somebody else's, of a newer version, or with anything added to it."""
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION:
        raise InputError.expected(
            "the folder of an atlas", f"'{folder}', whose {NAME} is not one of Convscope's"
        )
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise InputError(
            f"The atlas in '{folder}' was made by a newer version of Convscope (its tables have "
            f"version {version}, this one knows {VERSION}). Try: pip install --upgrade convscope"
        )
    found = {
        row[0]
        for row in connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 99"
        )
    }
    if version != VERSION or found != set(TABLES):
        raise InputError.expected(
            f"the tables of an atlas in '{folder}'", f"others in its {NAME}, which were changed"
        )


def _told(error: sqlite3.Error, folder: Path) -> ConvscopeError:
    """Return the error of an atlas for an error of SQLite."""
    path = folder / NAME
    if _is(error, sqlite3.SQLITE_FULL):
        return OutputError(f"Cannot write '{path}'. {REMEDIES[errno.ENOSPC]}")
    if _is(error, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return OutputError(f"Cannot write '{path}'. {REMEDIES[errno.EACCES]}")
    if _is(error, sqlite3.SQLITE_BUSY):
        return OutputError(f"'{path}' is in use by another process. Try again when it has ended.")
    if _is(error, *DAMAGED):
        return InputError(
            f"'{path}' is damaged or is no database ({error}). The pictures are not touched. Try: "
            "a copy of the file, or another folder."
        )
    return OutputError(f"Cannot use '{path}'. The reason: {error}.")


def _is(error: sqlite3.Error, *codes: int) -> bool:
    """Return whether SQLite gave one of these codes; those of Python's module have none."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in codes
