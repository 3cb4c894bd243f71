"""Pacing: the choice of frames with equal visible change between them.

Most of the change in an ascent is in its first tenth. Frames at equal numbers of steps would jump
and then stand still; frames at equal distances of visible change move steadily.
"""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from convscope.errors import InputError
from convscope.images import Picture, resize

# Pictures are compared no larger than this: shrinking averages fine noise away, so that it is not
# taken for movement. See tests/encoding/test_pacing.py::test_noise_is_not_movement.
GLANCE = 48

Travel = npt.NDArray[np.float64]


def travel(frames: Iterable[Picture]) -> Travel:
    """Return how far the film has moved at each frame: the sum of RMS differences, from 0.

    Frames may come from a running ascent; only two are held at a time.
    """
    moves: list[float] = []
    before: Picture | None = None
    for frame in frames:
        now = _glance(frame)
        if before is not None and before.shape != now.shape:
            raise InputError(
                f"Expected frames of one size. Received: another one in frame {len(moves)}. "
                "Try pictures.resize(frame, (height, width))."
            )
        moves.append(0.0 if before is None else float(np.sqrt(np.mean((now - before) ** 2))))
        before = now
    return np.cumsum(moves, dtype=np.float64)


def choose(distances: npt.ArrayLike, count: int) -> list[int]:
    """Return the indices of ``count`` frames, nearest to equal shares of the whole distance.

    Args:
        distances: (n,), never falling; n is 1 or more.
        count: 2 or more, unless there is one frame.

    Example:
        >>> choose([0, 8, 9, 10, 11, 16], 3)
        [0, 1, 5]
    """
    way = np.asarray(distances, dtype=np.float64)
    total = len(way)
    if total == 0:
        raise InputError.expected("one frame or more", "none", "Try keeping more steps.")
    if count < min(2, total):
        raise InputError.expected("a count of 2 or more", count, "Try count=72.")
    if total <= count:
        return list(range(total))
    # A film that does not move at all is spaced by number. The division comes first: of two tiny
    # numbers, neither the product nor the difference need be one.
    way = (way - way[0]) / (way[-1] - way[0]) if way[-1] > way[0] else np.linspace(0, 1, total)
    targets = np.linspace(0, 1, count)
    right = np.searchsorted(way, targets).clip(1, total - 1)
    nearest = right - (targets - way[right - 1] <= way[right] - targets)
    nearest[0], nearest[-1] = 0, total - 1
    # Two shares may have one nearest frame. The indices rise if index minus rank never falls.
    rank = np.arange(count)
    free = np.maximum.accumulate(nearest - rank).clip(0, total - count)
    return [int(index) for index in free + rank]


def _glance(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    shrink = max(height, width) / GLANCE
    if shrink <= 1:
        return picture
    return resize(picture, (math.ceil(height / shrink), math.ceil(width / shrink)))
