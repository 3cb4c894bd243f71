"""The formats a film is saved in; add one by adding a row."""

import csv
import io
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from convscope import encoding, files, images
from convscope.drawing import frame
from convscope.encoding import reel
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.films.result import Film

FPS = 15.0
PHOTO, NOISE, LAST = 0.8, 0.3, 1.8  # seconds that a first frame and the last one stay
LIMIT = 3_000_000  # bytes
PLAIN = 256  # the least side of a plain frame, in pixels
STILLS = 5  # in a strip

Saver = Callable[["Film", Path, bool, int | None], Path]


def write_moving(film: "Film", path: Path, plain: bool, limit: int | None) -> None:
    """Write the film in a moving format; the first frame is repeated for as long as it stays."""
    frames = film.frames(plain=plain)
    first = next(frames)
    held = itertools.repeat(first, held_frames(film))
    encoding.write(itertools.chain(held, frames), path, fps=FPS, hold=LAST, limit=limit)


def held_frames(film: "Film") -> int:
    """How often the first frame is shown: a photo deserves a look, gray noise a glance."""
    return round((NOISE if film.start is None else PHOTO) * FPS)


def save_moving(film: "Film", path: Path, plain: bool, limit: int | None) -> Path:
    """Write a moving film, and its provenance beside it."""
    write_moving(film, path, plain, limit)
    return _with_json(film, path)


def save_strip(film: "Film", path: Path, plain: bool, limit: int | None) -> Path:
    """Write a row of stills, with its provenance inside."""
    if plain:
        chosen = [film.pictures[index] for index in reel.evenly(len(film), STILLS)]
        picture = images.sheet(
            [frame.fitted(still, film.plain_side) for still in chosen], columns=len(chosen), gap=4
        )
    else:
        picture = frame.strip(film.numbered(), STILLS)
    return images.save(picture, path, film.info())


def save_csv(film: "Film", path: Path, plain: bool, limit: int | None) -> Path:
    """Write the numbers, a row a frame: step, score, and the shown classes' probabilities."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["step", "score", *film.labels])
    numbered = film.numbered()
    for index in range(len(film)):
        shares = [f"{share:.6g}" for share in numbered.opinion(index)]
        writer.writerow([int(film.steps[index]), f"{film.scores[index]:.6g}", *shares])
    files.put_text(path, stream.getvalue())
    return _with_json(film, path)


SAVERS: dict[str, Saver] = {
    ".gif": save_moving,
    ".webp": save_moving,
    ".mp4": save_moving,
    ".webm": save_moving,
    ".png": save_strip,
    ".csv": save_csv,
}


def saver_for(path: str | os.PathLike[str]) -> Saver:
    """Find what saves a film under a path's suffix.

    Ask before a long climb: a misspelt suffix or a missing library is reported here.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SAVERS:
        known = ", ".join(SAVERS)
        raise InputError(
            f"Expected a path ending in {known}. Received: {os.fspath(path)!r}. Try film.gif."
        )
    if SAVERS[suffix] is save_moving:
        encoding.writer_for(path)
    return SAVERS[suffix]


def beside(path: Path) -> list[Path]:
    """What is written beside a film of this path: the provenance of one that cannot hold it."""
    strip = path.suffix.lower() in (".png", "")
    return [] if strip else [path.with_name(f"{path.name}.json")]


def _with_json(film: "Film", path: Path) -> Path:
    """Put the provenance beside a file that cannot hold it: bee.gif.json."""
    (numbers,) = beside(path)
    files.put_json(numbers, film.provenance())
    return path
