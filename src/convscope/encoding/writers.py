"""The table of film formats; to add one, add a row."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from convscope.encoding import gif, video, webp
from convscope.encoding.reel import Reel
from convscope.errors import InputError, need
from convscope.files import draft
from convscope.images import Picture

FPS = 24.0
HOLD = 1.8  # seconds; long enough to look at the result, short enough to see that it loops


@dataclass(frozen=True)
class Writer:
    """One format: its function, and the optional library and extra that it needs."""

    write: Callable[[Reel, Path], None]
    needs: tuple[str, str] | None = None


WRITERS = {
    ".gif": Writer(gif.write),
    ".webp": Writer(webp.write),
    ".mp4": Writer(video.write_mp4, video.NEEDS),
    ".webm": Writer(video.write_webm, video.NEEDS),
}


def writer_for(path: str | os.PathLike[str]) -> Writer:
    """Return the writer for a path's suffix.

    Call it before a long ascent: it reports a misspelt suffix or a missing library.
    """
    writer = WRITERS[suffix_of(path, WRITERS)]
    if writer.needs is not None:
        need(*writer.needs)
    return writer


def suffix_of(
    path: str | os.PathLike[str], known: Iterable[str], more: str = "", example: str = "film.gif"
) -> str:
    """Return a path's suffix, refused if it is none of those known; ``more`` is said after them."""
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        expected = f"a path ending in {', '.join(filter(None, known))}{more}"
        raise InputError.expected(expected, repr(os.fspath(path)), f"Try {example}.")
    return suffix


def write(
    frames: Iterable[Picture],
    path: str | os.PathLike[str],
    *,
    fps: float = FPS,
    hold: float = HOLD,
    limit: int | None = None,
) -> int:
    """Write frames as a film, whole or not at all; the suffix chooses the format.

    Args:
        frames: each (height, width, 3), values in [0, 1], all of one size.
        path: ends in .gif, .webp, .mp4 or .webm.
        fps: frames a second. Browsers play no GIF faster than 50, no WebP faster than 90.
        hold: seconds that the last frame stays.
        limit: bytes that the file may take. To meet it frames are dropped, evenly and never the
            first or the last; the others stay as long as it takes to keep the film's length.

    Returns:
        How many of the frames were handed to the format: all of them, if there was no limit.
    """
    writer = writer_for(path)
    reel = whole = Reel.of(frames, fps=fps, hold=hold)
    with draft(path) as hidden:
        writer.write(reel, hidden)
        while limit is not None and (size := hidden.stat().st_size) > limit:
            if len(reel) <= 2:
                height, width = reel.size
                received = f"{size:,} for {len(reel)} frames of {height} x {width}"
                raise InputError(
                    f"Expected a film of at most {limit:,} bytes. Received: {received}. "
                    "Try smaller frames, or another format."
                )
            reel = whole.thin(max(2, min(len(reel) - 1, len(reel) * limit // size)))
            writer.write(reel, hidden)
    return len(reel)
