"""Exemplars: the photos, and the places in them, that excite a unit most, medium and least."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.datasets.distribution import Natural
from convscope.images import Picture
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.units import Unit

COUNT = 6  # of each kind


@dataclass(frozen=True, eq=False)
class Exemplar(Brief):
    """A photo, or a place in one, and the unit's response to it, negated for a negative unit."""

    name: str
    picture: Picture
    response: float

    def as_json(self) -> dict[str, Any]:
        """Return its file's name and the response."""
        return {"name": self.name, "response": self.response}


@dataclass(frozen=True, eq=False)
class Exemplars(Brief):
    """Exemplars by kind: the name of each kind, and its photos."""

    kinds: dict[str, tuple[Exemplar, ...]]

    def as_json(self) -> dict[str, Any]:
        """Return the names and responses by kind."""
        return {kind: [each.as_json() for each in some] for kind, some in self.kinds.items()}


def exemplars(network: Network, unit: Unit, natural: Natural | None) -> Exemplars | None:
    """Return the photos of a folder in order of a unit's response; None without a folder."""
    values = natural.values(unit) if natural else None
    if natural is None or values is None or natural.responses is None or natural.photos is None:
        return None
    names = np.array(natural.photos.names)[natural.responses.read]
    order = np.argsort(-values, kind="stable")
    middle = (len(order) - min(COUNT, len(order))) // 2
    chosen = {
        "most": order[:COUNT],
        "middling": order[middle : middle + COUNT],
        "least": order[::-1][:COUNT],
    }
    strongest = _strongest(unit, natural)
    with natural.photos.opened() as read:

        def photo(place: int) -> Picture:
            return to_input(network, read(str(names[place])))

        found = {
            kind: tuple(Exemplar(str(names[i]), photo(i), float(values[i])) for i in places)
            for kind, places in chosen.items()
        }
        if strongest is not None:
            shown = np.argsort(-strongest, kind="stable")[:COUNT]
            crops = _crops(network, unit, np.stack([photo(i) for i in shown]))
            found["strongest places"] = tuple(
                Exemplar(str(names[i]), crop, float(strongest[i]))
                for i, crop in zip(shown, crops, strict=True)
            )
    kinds = ("most", "strongest places", "middling", "least")
    return Exemplars({kind: found[kind] for kind in kinds if kind in found})


def _strongest(unit: Unit, natural: Natural) -> np.ndarray | None:
    """Return the unit's strongest response in each photo; None if it sees the whole photo."""
    own = natural.responses
    assert own
    assert unit.channel is not None
    if not own.info.is_map or own.info.receptive_field is None:
        return None
    if unit.kind == "neuron":
        return natural.values(unit)
    if unit.negative:
        return -own.of("lowest", unit.channel)
    return own.of("highest", unit.channel)


def _crops(network: Network, unit: Unit, photos: np.ndarray) -> list[Picture]:
    """Return the part of each photo that the unit sees where it responds most."""
    info, tap = network.layers[unit.layer], Tap(unit.layer)
    maps = network.activations(photos, [tap])[tap][..., unit.channel]
    sign = -1 if unit.negative else 1
    crops = []
    for picture, seen in zip(photos, maps, strict=True):
        if unit.kind == "neuron":
            at: Sequence[int] = (seen.shape[0] // 2, seen.shape[1] // 2)
        else:
            at = [int(i) for i in np.unravel_index((sign * seen).argmax(), seen.shape)]
        rows, columns = (
            window(info, place, count, side)
            for place, count, side in zip(at, seen.shape, picture.shape[:2], strict=True)
        )
        crops.append(picture[rows, columns])
    return crops


def window(info: LayerInfo, place: int, count: int, side: int) -> slice:
    """Return the pixels inside the picture that a neuron sees along one axis.

    Args:
        info: of its layer.
        place: which neuron of the row or column it is, of ``count``.
        side: of the picture, in pixels.

    Example:
        >>> window(LayerInfo("conv", "Conv2D", (6, 6, 1), 3, 1.0, 0), 0, 6, 8)
        slice(0, 3, None)
    """
    field, jump = info.receptive_field or side, info.stride or 1.0
    # Neurons lie symmetrically about the middle, whether or not the layers pad.
    centre = side / 2 + (place - (count - 1) / 2) * jump
    first = round(centre - field / 2)
    return slice(max(0, min(first, side - 1)), max(1, min(first + field, side)))
