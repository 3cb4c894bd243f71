"""The part of a photo that a layer's maps cover."""

from dataclasses import dataclass, replace
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from convscope import backend
from convscope.backend import Tensor, ops, to_numpy
from convscope.errors import InputError
from convscope.networks.layers import LayerInfo
from convscope.networks.lines import Line
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap

FAINT = 1e-6  # of the largest slope: less than this is rounding
MOVES = 0.25  # of the distance between two cells: how far apart the parts that they see must be
ALONG = 11  # cells along each diagonal of the maps that are looked at


@dataclass(frozen=True)
class Region:
    """A rectangle of a photo, in pixels; the bottom row and the right column are outside.

    ``margin`` is how far its outermost cells see beyond it, at the top, left, bottom and right.
    """

    top: int
    left: int
    bottom: int
    right: int
    margin: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.bottom - self.top, self.right - self.left

    def placed(self, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Return a picture of the region's size at its place in a picture of ``size``.

        Its border values fill the margin, and beyond that it is zero. What lies beyond the picture
        is cut off.
        """
        if any(self.margin):
            up, left, down, right = self.margin
            around = ((up, down), (left, right), *[(0, 0)] * (picture.ndim - 2))
            larger = Region(self.top - up, self.left - left, self.bottom + down, self.right + right)
            return larger.placed(np.pad(picture, around, mode="edge"), size)
        whole = np.zeros((*size, *picture.shape[2:]), picture.dtype)
        top, left = max(self.top, 0), max(self.left, 0)
        seen = picture[top - self.top : size[0] - self.top, left - self.left : size[1] - self.left]
        whole[top : top + seen.shape[0], left : left + seen.shape[1]] = seen
        return whole


_known: WeakKeyDictionary[Network, dict[str, Region]] = WeakKeyDictionary()


def region(network: Network, info: LayerInfo) -> Region:
    """Return the part of the photo that a layer's rows and columns cover.

    For Keras layers that keep a map in place this is computed. After crops, slices and custom
    layers some cells of the map are tested: the gradient of a cell's response is zero where the
    cell does not look, and each cell must look where it would be drawn.

    Raises:
        InputError: the layer is called several times on what may be different parts of the photo,
            or its rows and columns do not follow the photo's.
    """
    known = _known.setdefault(network, {})
    if info.address not in known:
        known[info.address] = _found(network, info)
    return known[info.address]


def _found(network: Network, info: LayerInfo) -> Region:
    height, width = network.size
    if info.upright:
        return Region(0, 0, height, width)
    if info.lines:
        return _followed(info.lines, info, network.size)
    if info.prefix is not None and (first := _first_of_grid(network, info)) != info:
        return region(network, first)  # a token stays that of its patch
    if info.calls > 1:
        raise InputError(
            f"{info.address} is called {info.calls} times, and its maps may lie anywhere in the "
            "photo. Try: method='occlusion' or 'integrated-gradients', which need no maps."
        )
    cells, spans, centres = _looked_at(network, info)
    for found in (_fitted(cells, spans, info), _spanned(spans, info, network.size)):
        if found is not None and _agree(found, cells, spans, centres, info, network.size):
            return found if np.isnan(spans[-1]).any() else _within(found, *spans[-1].tolist())
    raise InputError(_refused(info, _is_unknown(cells, spans, centres)))


def _refused(info: LayerInfo, unknown: bool) -> str:
    """Return why a layer's maps cannot be drawn over the photo, and what to try."""
    mover = info.mover or "an operation that is no layer"
    remedy = "method='integrated-gradients' or 'occlusion', which need no maps."
    if unknown:
        return (
            f"It is not known whether the rows and columns of {info.address} lie in the order of "
            f"the photo's: {mover} may move them, and each of its cells sees too much of the photo "
            f"to tell. Try: an earlier layer, whose cells see less, or {remedy}"
        )
    after = "" if mover == info.address else f": {mover} moves them"
    return (
        f"The rows and columns of {info.address} do not lie in the order of the photo's{after}. "
        f"Try: {remedy}"
    )


def _is_unknown(cells: np.ndarray, spans: np.ndarray, centres: np.ndarray) -> bool:
    """Return whether the cells that were looked at show no order, and no wrong one either.

    Cells that each see all that the layer sees can only be told apart by where they look most. With
    few of them, or with weights that look elsewhere, that says nothing: only an opposite order is
    clear.
    """
    seen = ~np.isnan(spans[:-1]).any(axis=(1, 2))
    if not seen.any():
        return True
    whole = (spans[:-1][seen] == spans[-1]).all()
    slopes = [
        np.polyfit(cells[seen, axis], centres[seen, axis], 1)[0]
        for axis in (0, 1)
        if len(np.unique(cells[seen, axis])) > 1
    ]
    return bool(whole and all(slope > -MOVES for slope in slopes))


def _first_of_grid(network: Network, info: LayerInfo) -> LayerInfo:
    """Return the first layer whose maps have the grid of a layer of tokens."""
    return next(each for each in network.layers.values() if each.shape[:-1] == info.shape[:-1])


def _looked_at(network: Network, info: LayerInfo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which pixels some cells of a layer depend on, by gradients at a picture of noise.

    Returns:
        The cells, (n, 2), rows and columns; and the first pixel and the one after the last that
        each depends on, (n, 2, 2), down and across, not a number for a cell that looks nowhere.
        The last of them is of all cells together. Then the mean row and column that each depends
        on, weighted by its squared slopes, (n, 2).
    """
    chance = np.random.default_rng(0)
    rows, columns, channels = info.shape
    down, across = (
        np.linspace(0, side - 1, ALONG).round().astype("int64") for side in (rows, columns)
    )
    diagonals = [np.stack([down, along], axis=1) for along in (across, across[::-1])]
    cells = np.unique(np.concatenate(diagonals), axis=0)
    masks = np.zeros((len(cells) + 1, rows, columns, 1), "float32")
    masks[np.arange(len(cells)), cells[:, 0], cells[:, 1]] = 1
    masks[-1] = 1
    signs = chance.choice([-1.0, 1.0], (1, rows, columns, channels)).astype("float32")
    noise = chance.random((1, *network.size, network.channels), "float32")
    tap = Tap(info.address)

    def score(point: Tensor, mask: np.ndarray) -> tuple[Tensor, tuple[()]]:
        weights = ops.convert_to_tensor(mask * signs)
        return ops.sum(network.forward(point, [tap])[tap] * weights), ()

    _ = network.layers  # found out by running the model
    point = ops.convert_to_tensor(noise)
    spans = np.full((len(masks), 2, 2), np.nan)
    centres = np.full((len(masks), 2), np.nan)
    with network.undisturbed():
        for place, mask in enumerate(masks):
            _, slopes = backend.value_and_gradient(partial(score, mask=mask[None]), point)
            seen = np.abs(to_numpy(slopes))[0].sum(axis=2)
            if seen.max() == 0:
                continue
            weights = np.square(seen / seen.max(), dtype="float64")
            for axis in (0, 1):
                share = weights.sum(axis=1 - axis) / weights.sum()
                centres[place, axis] = share @ (np.arange(len(share)) + 0.5)
                along = np.flatnonzero(seen.max(axis=1 - axis) > FAINT * seen.max())
                spans[place, axis] = along[0], along[-1] + 1
    return cells, spans, centres[:-1]


def _spanned(spans: np.ndarray, info: LayerInfo, size: tuple[int, int]) -> Region | None:
    """Return all that the layer looks at; the whole photo if less than a cell is left out."""
    if np.isnan(spans[-1]).any():
        return None
    ends = []
    for axis, side in enumerate(size):
        begin, end = map(int, spans[-1, axis])
        cell = side / info.shape[axis]
        ends.append((0, side) if begin <= cell and side - end <= cell else (begin, end))
    (top, bottom), (left, right) = ends
    return Region(top, left, bottom, right)


def _fitted(cells: np.ndarray, spans: np.ndarray, info: LayerInfo) -> Region | None:
    """Return the region whose cells are in the middle of what they see."""
    ends = []
    for axis in (0, 1):
        first, last = spans[:-1, axis].T
        # What an edge cuts off has its middle elsewhere.
        uncut = last - first == np.nanmax(last - first)
        if len(np.unique(cells[uncut, axis])) < 2:
            return None
        step, start = np.polyfit(cells[uncut, axis], (first + last)[uncut] / 2, 1)
        if step < 1e-3:
            return None
        begin = start - step / 2
        ends.append((begin, begin + step * info.shape[axis]))
    return _rounded(*ends)


def _followed(lines: tuple[Line, Line], info: LayerInfo, size: tuple[int, int]) -> Region:
    """Return the region of cells whose places were computed through the layers."""
    ends, seen = [], []
    for line, count, side in zip(lines, info.shape[:2], size, strict=True):
        ends.append(line.ends(count))
        reach = side if info.receptive_field is None else info.receptive_field / 2
        last = line.start + line.jump * (count - 1)
        seen.append((max(0, round(line.start - reach)), min(side, round(last + reach))))
    return _within(_rounded(*ends), *seen)


def _within(found: Region, down: tuple[float, float], across: tuple[float, float]) -> Region:
    """Return the region with its margin, the rows and columns that are seen beyond it."""
    (top, bottom), (left, right) = down, across
    beyond = (found.top - top, found.left - left, bottom - found.bottom, right - found.right)
    up, before, below, after = (max(0, round(each)) for each in beyond)
    return replace(found, margin=(up, before, below, after))


def _rounded(down: tuple[float, float], across: tuple[float, float]) -> Region:
    """Return the region in whole pixels; halves are rounded up, on both axes alike."""
    ends = []
    for begin, end in (down, across):
        first, length = (int(np.floor(each + 0.5 + 1e-6)) for each in (begin, end - begin))
        ends.append((first, first + max(1, length)))
    (top, bottom), (left, right) = ends
    return Region(top, left, bottom, right)


def _agree(
    found: Region,
    cells: np.ndarray,
    spans: np.ndarray,
    centres: np.ndarray,
    info: LayerInfo,
    size: tuple[int, int],
) -> bool:
    """Return whether each cell looks where it would be drawn, to within half a cell and a pixel.

    A cell that looks at nothing may only be drawn outside the photo. Cells that see a whole row of
    the photo look everywhere along it. These must differ from each other if they are drawn in
    different places.
    """
    blind = np.isnan(spans[:-1]).any(axis=(1, 2))
    inside = np.ones(len(cells), bool)
    near = np.ones(len(cells), bool)
    for axis, begin in ((0, found.top), (1, found.left)):
        cell = found.size[axis] / info.shape[axis]
        middles = begin + (cells[:, axis] + 0.5) * cell
        first, last = spans[:-1, axis].T
        room = cell / 2 + 1
        near &= (middles >= first - room) & (middles <= last + room)  # never so if nothing is seen
        inside &= (middles >= 0) & (middles < size[axis])
        drawn, looked = middles[~blind], centres[~blind, axis]
        if len(np.unique(drawn)) > 1 and np.polyfit(drawn, looked, 1)[0] < MOVES:
            return False
    return bool((near | (blind & ~inside)).all())
