"""A map cut into cells, and the mean response of each cell."""

from dataclasses import dataclass

import numpy as np

from convscope.brief import Brief


@dataclass(frozen=True, eq=False)
class Level(Brief):
    """The map cut into ``side`` x ``side`` cells.

    Args:
        side: cells along each axis.
        cell: (n,), the cell of each response, numbered row by row.
        kept: (m,), the cells that have enough responses, in order.
        counts: (m,), how many responses each of them has.
        vectors: (m, channels), the mean of their responses.
        effects: (m, classes), the mean of their effects on the classes; or None.
    """

    side: int
    cell: np.ndarray
    kept: np.ndarray
    counts: np.ndarray
    vectors: np.ndarray
    effects: np.ndarray | None

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column of each cell that is kept."""
        return [(int(cell) // self.side, int(cell) % self.side) for cell in self.kept]


def cut(
    points: np.ndarray, vectors: np.ndarray, effects: np.ndarray | None, side: int, least: int
) -> Level:
    """Return a level of the map.

    Args:
        points: (n, 2) in [0, 1], x and y.
        vectors: (n, channels).
        effects: (n, classes), or None.
        side: cells along each axis.
        least: responses that a cell must have to be kept.
    """
    across, down = np.minimum((points * side).astype("int64"), side - 1).T
    cell = down * side + across
    every = np.bincount(cell, minlength=side * side)
    kept = np.flatnonzero(every >= least)

    def mean(values: np.ndarray) -> np.ndarray:
        rows = [values[cell == each].mean(axis=0, dtype="float64") for each in kept]
        return np.array(rows, "float32").reshape(len(kept), values.shape[1])

    return Level(
        side, cell, kept, every[kept], mean(vectors), None if effects is None else mean(effects)
    )
