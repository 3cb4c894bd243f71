"""Whether everything in a store is whole, and what is in its folder that does not belong there."""

import re
from dataclasses import dataclass
from pathlib import Path

from convscope.atlas import database
from convscope.atlas.evidence import checked
from convscope.atlas.store import KEY, PICTURES, SUFFIX, Store, Writer, read, sha256, whole_file
from convscope.brief import Brief, counted
from convscope.errors import InputError
from convscope.progress import Progress, silent

# What may stand beside the pictures: the database and what SQLite keeps beside it.
BESIDE = tuple(f"{database.NAME}{end}" for end in ("", "-wal", "-shm", "-journal"))
OURS = (*BESIDE, database.LOCK, f"{database.LOCK}-journal", PICTURES)
FOLDER = re.compile(r"[0-9a-f]{2}")
FILE = re.compile(rf"[0-9a-f]{{32}}{re.escape(SUFFIX)}")
DRAFT = re.compile(rf"\.convscope-[0-9a-f]{{8}}-\d+-\d+-[0-9a-f]{{32}}{re.escape(SUFFIX)}")


@dataclass(frozen=True)
class Verified(Brief):
    """What was found in the folder of an atlas.

    Args:
        whole: how many pictures are whole.
        torn: keys whose row or picture is damaged or missing.
        leftover: files of ours that have no row, such as a build leaves that was killed.
        foreign: files of somebody else's.
        damage: what is wrong with the database; '' if nothing is.
    """

    whole: int
    torn: tuple[str, ...]
    leftover: tuple[Path, ...]
    foreign: tuple[Path, ...]
    damage: str = ""

    def lines(self) -> list[str]:
        """Return what was found, a line for each kind."""
        lines = [f"{counted(self.whole, 'picture')} whole, {len(self.torn):,} torn."]
        if self.damage:
            lines.append(f"The database is damaged: {self.damage}.")
        lines += [f"Torn: {key}" for key in self.torn]
        if self.leftover:
            files = counted(len(self.leftover), "file")
            lines.append(f"{files} without a row; 'atlas prune' removes them.")
        lines += [f"Not of this atlas, and left alone: {path}" for path in self.foreign]
        return lines


def verify(store: Store, progress: Progress = silent) -> Verified:
    """Read every row and every picture, and compare them with their digests.

    Args:
        store: the atlas.
        progress: called with the fraction of the pictures done.
    """
    damage = store.damage()
    torn, whole, total = [], 0, max(1, len(store))
    known = store.files()
    for number, (key, text, digest) in enumerate(store.rows(), 1):
        if _is_record(text, digest) and _is_picture(store, key, known):
            whole += 1
        else:
            torn.append(key)
        progress(number / total, "Reading every picture")
    leftover, foreign = _beside(store.folder, set(known))
    return Verified(whole, tuple(torn), tuple(leftover), tuple(foreign), damage)


def prune(store: Writer, progress: Progress = silent) -> Verified:
    """Remove what is torn and what has no row, so that a build makes it again; tell what it was."""
    found = verify(store, progress)
    if found.damage:
        raise InputError(
            f"The database in '{store.folder}' is damaged ({found.damage}), so nothing is removed. "
            "Try: a copy of it, or another folder."
        )
    store.remove(found.torn)
    for path in found.leftover:
        path.unlink(missing_ok=True)
    return found


def _is_record(text: object, digest: object) -> bool:
    if not isinstance(text, str) or sha256(text.encode()) != digest:
        return False
    try:
        checked(read(text))
    except InputError:
        return False
    return True


def _is_picture(store: Store, key: str, known: dict[str, tuple[str, int]]) -> bool:
    return bool(KEY.fullmatch(key)) and whole_file(store.path(key), known[key][0]) is not None


def _beside(folder: Path, keys: set[str]) -> tuple[list[Path], list[Path]]:
    """Return the files of ours without a row, and those of somebody else's."""
    leftover: list[Path] = []
    foreign = [path for path in sorted(folder.iterdir()) if path.name not in OURS]
    pictures = folder / PICTURES
    for inner in sorted(pictures.iterdir()) if pictures.is_dir() else ():
        if not FOLDER.fullmatch(inner.name) or inner.is_symlink() or not inner.is_dir():
            foreign.append(inner)
            continue
        for path in sorted(inner.iterdir()):
            if path.is_symlink() or not path.is_file():
                foreign.append(path)
            elif FILE.fullmatch(path.name):
                if path.stem not in keys:
                    leftover.append(path)
            else:
                (leftover if DRAFT.fullmatch(path.name) else foreign).append(path)
    return leftover, foreign
