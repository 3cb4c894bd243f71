"""Where in a photo a layer's maps lie: the rectangle that its rows and columns are spread over."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from convscope import gradients
from convscope.errors import InputError
from convscope.models.layers import LayerInfo
from convscope.models.network import Network
from convscope.models.taps import Tap

FAINT = 1e-6  # of the largest slope: less than this is rounding
TURNED = 0.1  # of a side: halves of maps further than this to the wrong side are turned or mirrored


@dataclass(frozen=True)
class Region:
    """A rectangle of a photo, in pixels; the bottom row and the right column are outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.bottom - self.top, self.right - self.left

    def placed(self, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """A picture of the region's size, in its place in one of ``size``; zero around it."""
        whole = np.zeros((*size, *picture.shape[2:]), picture.dtype)
        whole[self.top : self.bottom, self.left : self.right] = picture
        return whole


_known: WeakKeyDictionary[Network, dict[str, Region]] = WeakKeyDictionary()


def region(network: Network, info: LayerInfo) -> Region:
    """Return the part of the photo that a layer's rows and columns are spread over.

    Layers of Keras that keep a map where it is need no look; crops, slices and layers of someone's
    own are tried out: the slopes of the layer's responses to the picture are zero where it does not
    look, and its upper and left halves look further up and left than the whole.

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
    if info.calls > 1:
        raise InputError(
            f"{info.address} is called {info.calls} times, and its maps may lie anywhere in the "
            "photo. Try: method='occlusion' or 'integrated-gradients', which need no maps."
        )
    whole, upper, left = _slopes(network, info)
    (top, bottom), (first, last) = (_extent(whole, axis, info) for axis in (0, 1))
    for axis, half, side in ((0, upper, height), (1, left, width)):
        if info.shape[axis] > 1 and _middle(half, axis) > _middle(whole, axis) + TURNED * side:
            raise InputError(
                f"The rows and columns of {info.address} do not lie in the order of the photo's. "
                "Try: method='occlusion' or 'integrated-gradients', which need no maps."
            )
    return Region(top, first, bottom, last)


def _slopes(network: Network, info: LayerInfo) -> np.ndarray:
    """How much all places, those of the upper half, and of the left half depend on each pixel.

    Returns:
        (3, height, width), of a picture of noise, where hardly any response is flat.
    """
    from keras import ops

    chance = np.random.default_rng(0)
    noise = chance.random((1, *network.size, network.channels), "float32")
    rows, columns, channels = info.shape
    signs = chance.choice([-1.0, 1.0], (1, rows, columns, channels)).astype("float32")
    masks = np.ones((3, rows, columns, 1), "float32")
    masks[1, (rows + 1) // 2 :] = masks[2, :, (columns + 1) // 2 :] = 0
    tap = Tap(info.address)

    def score(point: object) -> tuple[object, tuple[()]]:
        return ops.sum(network.see(point, [tap])[tap] * (masks * signs)), ()

    _ = network.layers  # found out by running the model
    start = ops.convert_to_tensor(np.repeat(noise, 3, axis=0))
    with network.undisturbed():
        _, slopes = gradients.value_and_gradient(score, start)
    return np.abs(np.asarray(ops.convert_to_numpy(slopes))).sum(axis=3)


def _extent(slopes: np.ndarray, axis: int, info: LayerInfo) -> tuple[int, int]:
    """First and last pixel that are looked at; all of them if less than a cell is left out."""
    side = slopes.shape[axis]
    seen = np.flatnonzero(slopes.max(axis=1 - axis) > FAINT * slopes.max())
    if not len(seen):
        return 0, side
    begin, end = int(seen[0]), int(seen[-1]) + 1
    cell = side / info.shape[axis]
    return (0, side) if begin <= cell and side - end <= cell else (begin, end)


def _middle(slopes: np.ndarray, axis: int) -> float:
    """The centre of gravity along an axis, in pixels."""
    along = slopes.sum(axis=1 - axis, dtype="float64")
    return float((along * np.arange(len(along))).sum() / max(along.sum(), 1e-30))
