"""A reel: pictures as bytes, and the time at which each appears."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from convscope.errors import InputError
from convscope.images import Picture, to_bytes
from convscope.spacing import evenly

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Reel:
    """The input of every writer: pictures and their times.

    Attributes:
        pictures: (n, height, width, 3), uint8; n is 1 or more.
        starts: n rising times in seconds, from 0.
        length: seconds until the last picture goes.
        fps: the beat of a format that knows only a steady one.
    """

    pictures: Bytes
    starts: tuple[float, ...]
    length: float
    fps: float

    @classmethod
    def of(cls, frames: Iterable[Picture], *, fps: float, hold: float) -> "Reel":
        """Return the reel of frames in [0, 1], 1/fps seconds each, hold seconds for the last."""
        if not (math.isfinite(fps) and fps > 0):
            raise InputError.expected("fps above 0", fps, "Try fps=24.")
        if not (math.isfinite(hold) and hold >= 0):
            raise InputError.expected("a hold of 0 seconds or more", hold)
        pictures = _stack(frames)
        starts = tuple(number / fps for number in range(len(pictures)))
        return cls(pictures, starts, starts[-1] + max(hold, 1 / fps), fps)

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def size(self) -> tuple[int, int]:
        """The height and width in pixels."""
        _, height, width, _ = self.pictures.shape
        return height, width

    def thin(self, count: int) -> "Reel":
        """Return a reel of count pictures, evenly chosen, with first and last; the length stays.

        Each picture is shown until the next one that was kept.
        """
        kept = evenly(len(self), count)
        return Reel(self.pictures[kept], tuple(self.starts[i] for i in kept), self.length, self.fps)

    def ticks(self, rate: float, *, least: int = 1) -> list[int]:
        """Return how many ticks each picture lasts, on a clock of rate ticks a second.

        The times are rounded, not the durations, so that errors do not add up.

        Example:
            >>> reel = Reel.of([np.zeros((1, 1, 3), np.float32)] * 4, fps=24, hold=1.8)
            >>> reel.ticks(100)
            [4, 4, 4, 180]
        """
        edges = np.rint(np.multiply((*self.starts, self.length), rate)).astype(int)
        return [max(least, int(ticks)) for ticks in np.diff(edges)]


def changed(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the rectangle, rows and columns, outside which two pictures are equal.

    Formats drop a frame that is empty, so equal pictures share a rectangle of one pixel.

    Args:
        before, after: (height, width) or (height, width, channels), of one shape.
    """
    differs = before != after
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _stack(frames: Iterable[Picture]) -> Bytes:
    pictures: list[Bytes] = []
    for frame in frames:
        shape = np.shape(frame)
        if len(shape) != 3 or shape[2] != 3 or 0 in shape:
            expected = f"frame {len(pictures)} to be (height, width, 3)"
            raise InputError.expected(expected, shape, "Try pictures.validate(frame).")
        if pictures and shape != pictures[0].shape:
            expected = f"frames of one size, {pictures[0].shape} as the first"
            hint = "Try pictures.resize(frame, (height, width))."
            raise InputError.expected(expected, f"{shape} in frame {len(pictures)}", hint)
        pictures.append(to_bytes(frame))
    if not pictures:
        raise InputError.expected("one frame or more", "none", "Try keeping more steps.")
    return np.stack(pictures)
