"""Statistics of units' responses to natural pictures, to compare other responses with."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convscope.brief import Brief
from convscope.networks.neighbours import NAMES
from convscope.networks.units import Unit
from convscope.networks.words import NOT_MEASURED, InWords, Words

LEVELS = (0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)
MEDIAN = LEVELS.index(0.5)
SILENT = 0.001  # a unit excited by less than this share of natural pictures is silent


@dataclass(frozen=True)
class Standing:
    """How a response compares with the responses to natural pictures.

    Args:
        response: the unit's, before its activation function; negated for a negative unit.
        count: how many natural pictures were measured.
        below: the share of them that excite the unit less, interpolated between quantiles.
        reach: (response - median) / (maximum - median): 1 is the most exciting natural picture.
        silent: whether almost no natural picture excites the unit.
    """

    response: float
    count: int
    below: float
    reach: float
    silent: bool

    def __str__(self) -> str:
        if self.reach > 1:
            text = f"beyond every one of {self.count:,} natural pictures"
        else:
            share = math.floor(self.below * 1000) / 1000  # never rounded up to all of them
            text = f"above {share:.1%} of {self.count:,} natural pictures"
        return f"{text} (reach {self.reach:.2f}){', a silent unit' if self.silent else ''}"


@dataclass(frozen=True, eq=False)
class Statistics(Brief):
    """The distribution of every unit's response, before its activation, over natural pictures.

    Args:
        digest: of the network.
        count: how many pictures were measured.
        arrays: for each layer and kind ('channel', averaged over space; 'neuron', the middle one;
            'cls' and so on, a token before those of the patches):
            ``<layer>/<kind>/quantiles`` (len(LEVELS), channels), ``.../mean`` and ``.../deviation``
            (channels,); ``<layer>/excited`` (channels,), the share of pictures in which the unit is
            above zero anywhere; and ``<layer>/alike/...``, what ``neighbours`` returns.
        words: what the units separate best among labelled pictures, or the reason why that is not
            known.
    """

    digest: str  # of the network
    count: int  # how many pictures
    arrays: Mapping[str, np.ndarray]
    words: Words | str = NOT_MEASURED

    def standing(self, unit: Unit, response: float) -> Standing | None:
        """Return how a response compares; None for units without statistics, such as a whole layer.

        Args:
            unit: the unit. A neuron is compared with the middle one of its channel.
            response: the unit's own, not negated for a negative unit.
        """
        values = self.arrays.get(f"{unit.layer}/{unit.kind}/quantiles")
        if values is None:
            return None
        quantiles = values[:, unit.channel].astype("float64")
        levels = np.array(LEVELS)
        if unit.negative:
            response, quantiles, levels = -response, -quantiles[::-1], 1 - levels[::-1]
        room = quantiles[-1] - quantiles[MEDIAN]
        return Standing(
            response=float(response),
            count=self.count,
            below=float(np.interp(response, quantiles, levels)),
            reach=float((response - quantiles[MEDIAN]) / room) if room > 0 else 0.0,
            silent=bool(self.arrays[f"{unit.layer}/excited"][unit.channel] < SILENT),
        )

    def alike(self, unit: Unit) -> tuple[tuple[str, float], ...] | None:
        """Return the units of the layer that respond most alike, with Pearson's correlations.

        They are the same for the opposite of a unit, and for a neuron as for its channel; None if
        they are not known.
        """
        units, correlations = (self.arrays.get(f"{unit.layer}/{name}") for name in NAMES)
        if units is None or correlations is None or unit.channel is None:
            return None
        pairs = zip(units[unit.channel], correlations[unit.channel], strict=True)
        return tuple((str(Unit(unit.layer, int(each))), float(how)) for each, how in pairs)

    def in_words(self, unit: Unit) -> InWords | str:
        """Return what a channel or class separates best, or the reason why that is not known."""
        return self.words.of(unit) if isinstance(self.words, Words) else self.words

    def encode(self) -> Mapping[str, np.ndarray]:
        """Return the statistics as named arrays, for an .npz file; words have another file."""
        return {"digest": np.array(self.digest), "count": np.array(self.count), **self.arrays}

    @classmethod
    def load(cls, path: Path) -> "Statistics":
        """Return the statistics in an .npz file that has ``encode``'s arrays."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        digest, count = str(arrays.pop("digest")), int(arrays.pop("count"))
        return cls(digest, count, arrays)


def summary(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return quantiles, mean and deviation of each column of responses, (pictures, channels)."""
    return {
        "quantiles": np.quantile(values, LEVELS, axis=0).astype("float32"),
        "mean": values.mean(0, dtype="float64").astype("float32"),
        "deviation": values.std(0, dtype="float64").astype("float32"),
    }
