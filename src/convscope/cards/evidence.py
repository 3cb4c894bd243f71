"""The evidence that all findings about one picture are computed from."""

from dataclasses import dataclass

import numpy as np

from convscope.brief import Brief
from convscope.datasets.distribution import Natural
from convscope.datasets.photos import Photos
from convscope.maximization.result import Maximized
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from convscope.networks.units import Unit


@dataclass(frozen=True, eq=False)
class Evidence(Brief):
    """One maximized picture, with others made in the same way.

    Args:
        network: whose picture it is.
        result: the picture.
        seeds: pictures of the same from several seeds; the first is ``result``.
        others: pictures of other units of its layer, from the same seeds: one row a unit.
        minimal: the picture of the opposite, or None.
        natural: what is known of the layer's responses, or None.
        photos: the user's, or None.
        second: another network, to judge by; or ``network``, if there is no other.
        untrained: the picture made on an untrained copy of the network, or None.
    """

    network: Network
    result: Maximized
    seeds: tuple[Maximized, ...]
    others: tuple[tuple[Maximized, ...], ...]
    minimal: Maximized | None
    natural: Natural | None
    photos: Photos | None
    second: Network
    untrained: Maximized | None = None

    @property
    def unit(self) -> Unit | None:
        """The unit, if the objective is a unit."""
        return self.result.unit

    @property
    def has_second_network(self) -> bool:
        """Whether the second network is another network."""
        return self.second.digest != self.network.digest

    def responses(self, picture: np.ndarray) -> np.ndarray:
        """Return the response of every unit of the layer, before activation: (channels,).

        It is averaged over space, or, for a neuron, at its place.
        """
        assert self.unit
        tap = Tap(self.unit.layer, token=self.unit.token)
        values: np.ndarray = self.network.activations(picture[None], [tap])[tap][0].astype(
            "float64"
        )
        if self.unit.kind == "neuron":
            middle = (values.shape[0] // 2, values.shape[1] // 2)
            at = self.unit.at if isinstance(self.unit.at, tuple) else middle
            return values[at]
        return values.reshape(-1, values.shape[-1]).mean(0)

    def shown(self, results: tuple[Maximized, ...]) -> np.ndarray:
        """Return pictures as the second network's input: (n, height, width, channels)."""
        return np.stack([to_input(self.second, result.seen) for result in results])
