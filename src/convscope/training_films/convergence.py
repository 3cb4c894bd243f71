"""Layer convergence: how similar each layer's responses already are to those at the end.

A layer's *convergence* at a moment is the mean, over its channels, of the correlation (Pearson's)
between the channel's responses then and at the last moment, over a fixed set of pictures and, in
maps, a grid of places in each. It is 1 at the last moment and about 0 for unrelated layers.

At two moments of one training a channel is the same channel, so channels need not be matched before
they are compared, as they must be between networks (Li et al. 2015, arXiv:1511.07543). Linear CKA
(Kornblith et al. 2019, arXiv:1905.00414) is for that other case; with few pictures it finds any two
wide layers similar. That early layers converge first is the finding of Raghu et al. 2017
(arXiv:1706.05806), by another measure of similarity.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope import backend
from convscope.backend import Tensor, ops, to_numpy
from convscope.brief import Brief
from convscope.networks.network import Network, not_finite
from convscope.networks.patches.capture import Tap

MEASURE = "mean over channels of the correlation with the last moment"
GRID = 3  # rows and columns of places in a map
BATCH = 8
SETTLED = 0.9  # from here on a layer counts as settled
# Of a channel's largest response: what varies by less is rounding.
STILL = 1e-6

Seen = Mapping[str, np.ndarray]  # (samples, channels) by layer


@dataclass(frozen=True)
class Convergence(Brief):
    """The convergence of each layer at each moment.

    Args:
        layers: for each address one number a moment, in [-1, 1]; the last is 1. Not a number for
            a layer that responds to everything alike at the end.
        pictures: on what it was measured, in words.
    """

    layers: Mapping[str, tuple[float, ...]]
    pictures: str

    @classmethod
    def of(cls, seen: Sequence[Seen], pictures: str) -> "Convergence":
        """Return the similarity of each moment's responses, in order, to the last one's."""
        layers = {
            layer: tuple(similarity(each[layer], last) for each in seen)
            for layer, last in seen[-1].items()
        }
        return cls(layers, pictures)

    def settled(self, layer: str) -> int | None:
        """Return the first moment, from 0 on, after which a layer stays at ``SETTLED`` or above.

        None for a layer that responds to everything alike at the end.
        """
        if math.isnan(self.layers[layer][-1]):
            return None
        below = [place for place, value in enumerate(self.layers[layer]) if not value >= SETTLED]
        return below[-1] + 1 if below else 0


def similarity(one: np.ndarray, last: np.ndarray) -> float:
    """Return the mean correlation of columns: (samples, channels) twice.

    A channel that does not vary at the end is left out; one that does not vary yet counts as 0.

    Example:
        >>> responses = np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]])
        >>> round(similarity(3 * responses + 1, responses), 6)
        1.0
    """
    one, last = _standard(one), _standard(last)
    varied = last.any(axis=0)
    if not varied.any():
        return float("nan")
    return float(np.clip((one * last).mean(axis=0)[varied].mean(), -1, 1))


def _standard(values: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and variance 1; of zeros, where nothing varies."""
    values = values.astype("float64")
    spread = values.std(axis=0)
    varied = spread > STILL * np.abs(values).max(axis=0, initial=0)
    return np.where(varied, (values - values.mean(axis=0)) / np.where(varied, spread, 1), 0)


def responses(network: Network, layers: Sequence[str], pictures: np.ndarray) -> Seen:
    """What layers answer before their activation functions, (samples, channels) each.

    Of a map, a grid of ``GRID`` by ``GRID`` places counts, spread evenly.
    """
    taps = tuple(Tap(layer) for layer in layers)

    def make() -> Callable[..., Any]:
        def listen(some: Tensor) -> list[Tensor]:
            # Thinned inside the program, so that no batch's maps are ever held all at once.
            captured = network.forward(some, taps)
            return [_thinned(captured[tap]) for tap in taps]

        return backend.compiled(listen, network.model.variables)

    parts: list[list[np.ndarray]] = []
    with network.cached_program(("settling", taps), make) as program:
        for start in range(0, len(pictures), BATCH):
            outputs = program(pictures[start : start + BATCH])
            parts.append([to_numpy(value, "float32") for value in outputs])
    found = {}
    for layer, values in zip(layers, zip(*parts, strict=True), strict=True):
        together = np.concatenate(values)
        if not np.isfinite(together).all():
            raise not_finite(network, layer)
        found[layer] = together.reshape(-1, together.shape[-1])
    return found


def _thinned(values: Tensor) -> Tensor:
    """Some places of maps, (n, height, width, channels); other layers as they are."""
    for axis, side in enumerate(values.shape[1:-1], 1):
        places = np.unique((np.arange(GRID) + 0.5) * side // GRID).astype("int32")
        values = ops.take(values, ops.convert_to_tensor(places), axis=axis)
    return values
