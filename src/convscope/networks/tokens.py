"""Rows of tokens, as transformers have them, as the maps that they are.

A vision transformer cuts a photo into patches, and gives a row of tokens: one for each patch, row
by row, after a few others, such as the class token. The tokens of the patches are the places of a
map.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from convscope.backend import Tensor, ops
from convscope.errors import ModelError

MOST_BEFORE = 8  # tokens before those of the patches: class, distillation, registers
MOST_GUESSED = 5  # if no map is known: a class token and four registers
MAPS = -1  # in place of a token's number: the tokens of the patches, as maps


def token_name(number: int) -> str:
    """Return the name of a token before the patches: 'cls' for the first, then 'token1'.

    Example:
        >>> token_name(0), token_name(1)
        ('cls', 'token1')
    """
    return f"token{number}" if number else "cls"


def token_number(place: object) -> int:
    """Return the number of the token that a place names; ``MAPS`` for any other place."""
    if place == "cls":
        return 0
    return int(place[5:]) if isinstance(place, str) and place.startswith("token") else MAPS


def grid_of(
    count: int,
    maps: Sequence[tuple[int, ...]],
    size: Sequence[int],
    *,
    attends: bool,
) -> tuple[int, int, int] | None:
    """Return rows, columns and the number of tokens before them; None if no grid fits.

    The grid is that of the latest map with the right number of places. If the network has had no
    maps at all, its patches must be squares that fill a square photo.

    Args:
        count: how many tokens there are.
        maps: rows and columns of the maps so far, the latest last.
        size: height and width of the photo.
        attends: whether the network has attention. Others have no tokens beside the places.

    Example:
        >>> grid_of(17, [(2, 8), (4, 4)], (32, 32), attends=True)
        (4, 4, 1)
    """
    for before in range(MOST_BEFORE + 1 if attends else 1):
        for rows, columns in reversed(maps):
            if rows * columns == count - before > 1:
                return rows, columns, before
        side = math.isqrt(max(0, count - before))
        guessed = attends and not maps and before <= MOST_GUESSED
        if guessed and size[0] == size[1] and side > 1 and side**2 == count - before:
            cut, rest = divmod(size[0], side)
            if cut > 1 and not rest:
                return side, side, before
    return None


def grid_at(
    count: int, grid: tuple[int, int], own: tuple[int, int], size: tuple[int, int]
) -> tuple[int, int]:
    """Return rows and columns of so many tokens for a photo of another size.

    Args:
        count: how many tokens the patches have.
        grid: rows and columns for a photo of the network's own size.
        own: that size, height and width.
        size: the other size.

    Raises:
        ModelError: no grid of this number of tokens has the photo's proportions.
    """
    if size == own:
        return grid
    wanted = [each * new / old for each, new, old in zip(grid, size, own, strict=True)]
    for rows in {math.floor(wanted[0]), math.ceil(wanted[0])}:
        for columns in {math.floor(wanted[1]), math.ceil(wanted[1])}:
            if rows * columns == count:
                return rows, columns
    raise ModelError(
        f"{count} tokens are no grid of a photo of {size[0]}x{size[1]}. Try: without a size."
    )


def strengths(heads: Tensor) -> Tensor:
    """Return the response of each head at each token: the mean square of the numbers it gives.

    Not their mean: the numbers of a head have no signs of their own, since the directions of its
    values can be turned in any way if the layer turns them back. The mean square stays the same,
    and has a slope everywhere, also where a head gives nothing.

    Args:
        heads: (n, tokens, heads, numbers), the sums of values that the heads give, by attention.

    Returns:
        (n, tokens, heads), zero or more.
    """
    return ops.mean(ops.square(heads), axis=-1)


def as_row(values: Tensor) -> Tensor:
    """Return (n, tokens, heads, numbers) as (n, tokens, channels), head by head."""
    shape = values.shape
    return ops.reshape(values, (-1, shape[1], shape[2] * shape[3])) if len(shape) == 4 else values


def to_maps(values: Tensor, before: int, grid: tuple[int, int]) -> Tensor:
    """Return a layer's tokens, (n, tokens, ...), as (n, rows, columns, channels)."""
    row = as_row(values)[:, before:]
    return ops.reshape(row, (-1, *grid, row.shape[-1]))


def from_maps(maps: Tensor, values: Tensor, before: int) -> Tensor:
    """Return a layer's tokens with other maps; the tokens before the patches stay.

    Args:
        maps: (n, rows, columns, channels).
        values: (n, tokens, ...), the tokens as the layer gave them.
        before: how many of them are not of patches.
    """
    row = ops.reshape(maps, (-1, maps.shape[1] * maps.shape[2], maps.shape[3]))
    row = ops.concatenate([as_row(values)[:, :before], row], axis=1) if before else row
    return ops.reshape(row, (-1, *values.shape[1:]))


def within(address: str, layers: Mapping[str, Any]) -> list[Any]:
    """Return the attention layers that a layer is a part of, the outermost first."""
    return [
        layer
        for owner, layer in layers.items()
        if "Attention" in type(layer).__name__ and address.startswith(f"{owner}/")
    ]
