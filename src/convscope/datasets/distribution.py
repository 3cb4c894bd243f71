"""The distribution of units' responses to natural pictures, or to a user's photos."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from convscope.brief import Brief
from convscope.datasets.photos import Photos
from convscope.datasets.responses import Responses, responses
from convscope.datasets.words import words_of
from convscope.networks.natural_statistics import LEVELS, Standing, Statistics
from convscope.networks.network import Network
from convscope.networks.units import Unit
from convscope.networks.words import NOT_MEASURED
from convscope.progress import Progress

BINS = 60


@dataclass(frozen=True, eq=False)
class Histogram(Brief):
    """The distribution of a response: a density between ``edges``.

    ``exact`` is False if only quantiles are known: each interval between two of them contains its
    share of the pictures, spread evenly.
    """

    edges: np.ndarray
    density: np.ndarray
    count: int
    exact: bool

    def as_json(self) -> dict[str, Any]:
        """Return the histogram as plain numbers."""
        return {
            "edges": [float(edge) for edge in self.edges],
            "density": [float(value) for value in self.density],
            "count": self.count,
            "exact": self.exact,
        }


@dataclass(frozen=True, eq=False)
class Natural(Brief):
    """The distribution of a layer's responses, and the photos if the user gave them."""

    statistics: Statistics
    photos: Photos | None = None
    responses: Responses | None = None

    def standing(self, unit: Unit, response: float) -> Standing | None:
        """Return how a response compares; None for units without statistics."""
        return self.statistics.standing(unit, response)

    def values(self, unit: Unit) -> np.ndarray | None:
        """Return the unit's response to each readable photo, negated for a negative unit."""
        if self.responses is None or unit.channel is None:
            return None
        values = self.responses.of(unit.kind, unit.channel)
        return -values if unit.negative else values

    def histogram(self, unit: Unit) -> Histogram | None:
        """Return the distribution of a unit's responses, negated for a negative unit."""
        values = self.values(unit)
        if values is not None:
            density, edges = np.histogram(values.astype("float64"), BINS, density=True)
            return Histogram(edges, density, len(values), exact=True)
        found = self.statistics.arrays.get(f"{unit.layer}/{unit.kind}/quantiles")
        if found is None:
            return None
        quantiles, levels = found[:, unit.channel].astype("float64"), np.array(LEVELS)
        if unit.negative:
            quantiles, levels = -quantiles[::-1], 1 - levels[::-1]
        return between(quantiles, levels, self.statistics.count)


def natural(
    network: Network,
    layers: Sequence[str],
    photos: Photos | None,
    progress: Progress,
    *,
    words: bool = False,
) -> dict[str, Natural]:
    """Return what is known of some layers: from the photos, or from the network's statistics.

    Args:
        network: whose layers they are.
        layers: addresses.
        photos: the user's, or None.
        progress: called while the photos are measured.
        words: whether to find out what the units separate best among the photos. For this the
            photos are shown to an untrained copy of the network, too.
    """
    if photos is None:
        return {layer: Natural(network.natural) for layer in layers if network.natural}
    found = responses(network, photos, layers, progress=progress)
    told = words_of(network, photos, found, progress) if words and found else NOT_MEASURED
    return {
        layer: Natural(replace(own.statistics(), words=told), photos, own)
        for layer, own in found.items()
    }


def between(quantiles: np.ndarray, levels: np.ndarray, count: int) -> Histogram:
    """Return the density that a few quantiles imply: each interval's share over its width.

    Example:
        >>> between(np.array([0.0, 1.0, 3.0]), np.array([0.0, 0.5, 1.0]), 8).density
        array([0.5 , 0.25])
    """
    # Quantiles that coincide are one edge; what lies between them belongs to the next stretch.
    edges, first = np.unique(quantiles, return_index=True)
    if len(edges) < 2:
        middle = float(edges[0])
        return Histogram(np.array([middle - 0.5, middle + 0.5]), np.ones(1), count, exact=False)
    shares = np.diff(np.append(levels[first][:-1], 1.0))
    return Histogram(edges, shares / np.diff(edges), count, exact=False)
