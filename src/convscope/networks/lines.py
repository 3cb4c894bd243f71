"""The places of a map's cells in the photo, computed layer by layer, along one axis at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from convscope.backend import Layer


@dataclass(frozen=True)
class Line:
    """The places of cells along an axis: each in the middle of the pixels that it sees.

    Args:
        start: the middle of the first cell, in pixels of the picture; that of a pixel is 0.5.
        jump: the step from one to the next.
    """

    start: float = 0.5
    jump: float = 1.0

    def ends(self, count: int) -> tuple[float, float]:
        """Return the borders of so many cells."""
        begin = self.start - self.jump / 2
        return begin, begin + self.jump * count

    def is_spread(self, count: int, side: int, field: float) -> bool:
        """Return whether so many cells are spread evenly over a side, to within half a cell.

        Padding on one side only, as Keras uses at a stride of two, moves deep cells by that much.
        Cells of which none sees the first or the last pixel do not count as spread.
        """
        cell, room = side / count, self.jump / 2
        last = self.start + self.jump * (count - 1)
        if self.start - field / 2 > 0 or last + field / 2 < side:
            return False
        return abs(self.start - cell / 2) <= room and abs(side - cell / 2 - last) <= room


Lines = tuple[Line, Line]  # down and across

# Layers that look at a window of each axis.
WINDOWS = frozenset(
    ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")
)


def followed(
    layer: Layer,
    kind: str,
    inputs: Sequence[tuple[Lines | None, tuple[int, ...]]],
    made: tuple[int, ...],
) -> Lines | None:
    """Return the places of the cells of a layer that keeps places; None if they are not known.

    Args:
        layer: a layer.
        kind: the name of Keras's own class that says what it computes.
        inputs: of each input where its cells lie, and how many rows and columns there are.
        made: how many rows and columns it gives.
    """
    # A gate of one place is the same everywhere.
    wide = [(lines, places) for lines, places in inputs if len(places) == 2 and max(places) > 1]
    known = [lines for lines, _ in wide if lines]
    if not wide or len(known) < len(wide):
        return None
    down, across = (_mean([each[axis] for each in known]) for axis in (0, 1))
    if down is None or across is None:
        return None
    rows, columns = wide[0][1]
    if kind == "Resizing":
        return _resized(down, rows / made[0]), _resized(across, columns / made[1])
    both = _along(layer, kind, 0, down, rows), _along(layer, kind, 1, across, columns)
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _resized(line: Line, ratio: float) -> Line:
    """Return the places of cells that cover the same, each as large as ``ratio`` cells were."""
    jump = line.jump * ratio
    return Line(line.start - line.jump / 2 + jump / 2, jump)


def _mean(lines: Sequence[Line]) -> Line | None:
    """Return the places of the cells of a sum."""
    if len({line.jump for line in lines}) > 1:
        return None
    return Line(sum(line.start for line in lines) / len(lines), lines[0].jump)


def _along(layer: Layer, kind: str, axis: int, line: Line, count: int) -> Line | None:
    """Return the places of the cells along one axis after a layer."""
    if kind == "ZeroPadding2D":
        return Line(line.start - line.jump * layer.padding[axis][0], line.jump)
    if kind == "UpSampling2D":
        return _resized(line, 1 / layer.size[axis])
    if kind == "Conv2DTranspose":
        return None
    if kind not in WINDOWS:
        return line
    window = getattr(layer, "kernel_size", None) or layer.pool_size
    stride = layer.strides[axis]
    dilation = getattr(layer, "dilation_rate", (1, 1))[axis]
    reach = (window[axis] - 1) * dilation
    before = 0
    if layer.padding == "same":
        before = max((-(-count // stride) - 1) * stride + reach + 1 - count, 0) // 2
    elif isinstance(layer.padding, tuple):  # PyTorch's: of each axis, the same on both sides
        before = layer.padding[axis]
    elif layer.padding != "valid":
        return None
    return Line(line.start + line.jump * (reach / 2 - before), line.jump * stride)
