"""Pictures side by side, and backgrounds for transparent ones."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from convscope.errors import PictureError
from convscope.images.arrays import Picture, layered
from convscope.images.sizes import parse_size


def channel_strip(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return channels that are not colours side by side, as gray tiles; RGB is returned as it is.

    Args:
        picture: (height, width) or (height, width, channels), of any numbers.

    Returns:
        (height, width, 3), or gray: (height, channels * width).

    Example:
        >>> channel_strip(np.zeros((4, 6, 5))).shape
        (4, 30)
    """
    numbers = layered(picture)
    if numbers.shape[2] == 3:
        return numbers
    return np.concatenate(np.moveaxis(numbers, 2, 0), axis=1)


def checkered(size: tuple[int, int]) -> Picture:
    """Return a light checkerboard, (height, width, 1), the usual sign of transparency."""
    height, width = parse_size(size)
    square = max(1, max(height, width) // 16)
    rows, columns = np.arange(height)[:, None] // square, np.arange(width)[None, :] // square
    return np.where((rows + columns) % 2, 0.85, 1.0).astype(np.float32)[:, :, None]


def sheet(
    pictures: Iterable[Picture], columns: int | None = None, gap: int = 2, background: float = 1.0
) -> Picture:
    """Return pictures laid out in rows, smaller ones centred in their cells.

    Args:
        pictures: each (height, width, channels); gray ones may stand among those of colour.
        columns: as near to a square of cells as can be, by default.
        gap: pixels between cells; there is no margin.
        background: in [0, 1], seen in the gaps and around smaller pictures.

    Example:
        >>> sheet([np.zeros((4, 6, 3), np.float32)] * 5).shape
        (10, 22, 3)
    """
    cells = [layered(picture) for picture in pictures]
    if not cells:
        raise PictureError.expected("one picture or more", "none")
    height, width, channels = (max(cell.shape[axis] for cell in cells) for axis in range(3))
    if any(cell.shape[2] not in (1, channels) for cell in cells):
        counts = sorted({cell.shape[2] for cell in cells})
        raise PictureError.expected("pictures of like channels", f"{counts} channels")
    columns = math.ceil(math.sqrt(len(cells))) if columns is None else columns
    if columns < 1 or gap < 0:
        raise PictureError.expected("columns >= 1, gap >= 0", f"{columns} and {gap}")
    across, down = min(columns, len(cells)), math.ceil(len(cells) / columns)
    area = (down * (height + gap) - gap, across * (width + gap) - gap, channels)
    whole = np.full(area, background, np.float32)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        top = row * (height + gap) + (height - cell.shape[0]) // 2
        left = column * (width + gap) + (width - cell.shape[1]) // 2
        whole[top : top + cell.shape[0], left : left + cell.shape[1]] = cell
    return whole
