"""From a place in a photo to the neuron of a layer at this place, and its receptive field."""

import math
from dataclasses import dataclass

from convscope.errors import InputError
from convscope.networks.layers import LayerInfo
from convscope.networks.regions import Region


@dataclass(frozen=True)
class Span:
    """A range of the photo's rows or columns, in pixels, and the neuron that sees it."""

    neuron: int
    begin: float
    end: float

    @property
    def length(self) -> float:
        """The length in pixels."""
        return self.end - self.begin


@dataclass(frozen=True)
class Sight:
    """A neuron of a layer, with the rows and columns that it sees inside the photo."""

    down: Span
    across: Span

    @property
    def neuron(self) -> tuple[int, int]:
        """Its row and column in the layer's maps."""
        return self.down.neuron, self.across.neuron


def sight(info: LayerInfo, where: Region, at: tuple[int, int]) -> Sight:
    """Return the neuron whose receptive field is centred nearest to a pixel, and that field.

    The maps are taken to be in the middle of their region, with neurons a stride apart. This is
    exact for pooling and strides that divide the size, and for convolutions without padding. With
    uneven padding it is up to half a stride off. If strides are not known, neurons are spread
    evenly, and the field is the whole photo.

    Args:
        info: a layer that gives maps.
        where: the part of the photo that the maps lie over, mostly all of it.
        at: row and column of the pixel.

    Raises:
        InputError: the pixel is not in that part.

    Example:
        >>> pool = LayerInfo("pool", "MaxPooling2D", (4, 4, 1), 2, 2.0, 0)
        >>> sight(pool, Region(0, 0, 8, 8), (5, 2)).neuron
        (2, 1)
    """
    up, before, below, after = where.margin
    top, bottom = where.top - up, where.bottom + below
    left, right = where.left - before, where.right + after
    if not (top <= at[0] < bottom and left <= at[1] < right):
        raise InputError(
            f"{info.address} looks at rows {top} to {bottom - 1} and columns "
            f"{left} to {right - 1} only. Received: {at[0]},{at[1]}."
        )
    rows, columns = info.shape[:2]
    return Sight(
        _span(info, (where.top, where.bottom), (up, below), rows, at[0]),
        _span(info, (where.left, where.right), (before, after), columns, at[1]),
    )


def _span(
    info: LayerInfo, ends: tuple[int, int], margin: tuple[int, int], count: int, pixel: int
) -> Span:
    """Return the neuron and its range along one axis, for pixels between two ends."""
    begin, end = ends
    side = end - begin
    apart, field = info.stride, info.receptive_field
    # A stride of the other axis, or of a branch, would put neurons outside of the photo.
    if apart is None or (count - 1) * apart >= side:
        apart = side / count
    place = (pixel - begin + 0.5 - side / 2) / apart + (count - 1) / 2
    neuron = min(max(math.floor(place + 0.5), 0), count - 1)
    centre = side / 2 + (neuron - (count - 1) / 2) * apart
    reach = math.inf if field is None else field / 2
    first = max(-float(margin[0]), centre - reach)
    last = min(side + float(margin[1]), centre + reach)
    return Span(neuron, begin + first, begin + last)
