"""The forms a film of learning is saved in; add one by adding a row."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from convscope import drawing, encoding, files, images
from convscope.errors import InputError
from convscope.maximization.task import Subject, stems

if TYPE_CHECKING:
    from convscope.objectives import Objective
    from convscope.training_films.result import Learning, Moment

FPS = 2.5  # moments a second: each is a picture to be looked at
LAST = 2.0  # seconds that the last one stays
LIMIT = 3_000_000  # bytes

Saver = Callable[["Learning", Path], Path]


def save_film(learning: "Learning", path: Path, limit: int | None = LIMIT) -> Path:
    """Write the film, and its numbers beside it: learning.webp.json."""
    encoding.write(learning.frames(), path, fps=FPS, hold=LAST, limit=limit)
    files.put_json(path.with_name(f"{path.name}.json"), learning.provenance())
    return path


def save_figure(learning: "Learning", path: Path) -> Path:
    """Write the figure, with its origin inside, and its numbers beside it."""
    drawing.save(learning.figure(), path, learning.info())
    files.put_json(path.with_name(f"{path.name}.json"), learning.provenance())
    return path


def save_json(learning: "Learning", path: Path) -> Path:
    """Write the numbers alone."""
    return files.put_json(path, learning.provenance())


def save_folder(learning: "Learning", path: Path) -> Path:
    """Write a folder of PNGs for each moment, and the numbers."""
    for moment in learning.moments:
        save_moment(moment, learning.objectives, path, learning.info())
    files.put_json(path / "learning.json", learning.provenance())
    return path


def save_moment(
    moment: "Moment", objectives: "tuple[Objective, ...]", folder: Path, info: dict[str, str]
) -> list[Path]:
    """Write one moment's pictures: batch-0000037/conv-5.png, so that names sort by time."""
    kind = moment.label.partition(" ")[0]
    names = stems(Subject(objective, 0) for objective in objectives)
    return [
        images.save(
            images.from_bytes(picture),
            folder / f"{kind}-{moment.at:07}" / f"{name}.png",
            {
                **info,
                "objectives": str(objective),
                "moment": moment.label,
                "response": f"{response:.6g}",
                "digest": moment.digest,
            },
        )
        for picture, response, objective, name in zip(
            moment.pictures, moment.responses, objectives, names, strict=True
        )
    ]


def refuse_others(folder: Path, counts: str) -> None:
    """Refuse a folder that has moments of another training: they would be taken for this one's."""
    there = sorted(folder.glob(f"{counts}-*")) if folder.is_dir() else []
    if there:
        raise InputError(
            f"Expected a folder without moments of another training. Received: '{folder}' with "
            f"{len(there)}, such as {there[0].name}. Try: another folder, or without them."
        )


SAVERS: dict[str, Saver] = {
    **dict.fromkeys(encoding.WRITERS, save_film),
    **dict.fromkeys(drawing.FORMATS, save_figure),
    ".json": save_json,
    "": save_folder,
}


def saver_for(path: str | os.PathLike[str]) -> Saver:
    """Find what saves it under a path's suffix, or as a folder.

    Ask before a long training: a misspelt suffix or a missing library is reported here.
    """
    suffix = "" if Path(path).is_dir() else Path(path).suffix.lower()
    if suffix not in SAVERS:
        known = ", ".join(filter(None, SAVERS))
        raise InputError(
            f"Expected a path ending in {known}, or a folder. Received: {os.fspath(path)!r}. "
            "Try learning.webp."
        )
    if suffix in encoding.WRITERS:
        encoding.writer_for(path)
    return SAVERS[suffix]


def beside(path: Path) -> list[Path]:
    """What ``convscope evolve`` writes beside a file of this path, or into a folder of it."""
    saver = saver_for(path)
    if saver is save_folder:
        return [path / "learning.json"]
    if saver is save_json:
        return []
    figure = [path.with_suffix(".png")] if saver is save_film else []
    return [*figure, *(each.with_name(f"{each.name}.json") for each in (path, *figure))]


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a path means a folder of PNGs."""
    return saver_for(path) is save_folder
