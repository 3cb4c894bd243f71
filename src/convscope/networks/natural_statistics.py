"""How units respond to natural pictures: numbers only, to say where another picture stands."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convscope.brief import Brief
from convscope.networks.units import Unit

LEVELS = (0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)
MEDIAN = LEVELS.index(0.5)
SILENT = 0.001  # a unit excited by less than this share of natural pictures is silent


@dataclass(frozen=True)
class Standing:
    """Where a response stands among those to natural pictures.

    Args:
        response: the unit's, before its activation function; of a negative unit, negated.
        count: how many natural pictures there were.
        below: the share of them that excite the unit less, between the recorded quantiles.
        reach: (response - median) / (maximum - median): 1 is the most exciting natural picture.
        silent: whether hardly any natural picture excites the unit at all.
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

    ``arrays`` holds, for each layer and kind ('channel', averaged over space; 'neuron', the middle
    one): ``<layer>/<kind>/quantiles`` (len(LEVELS), channels), ``.../mean`` and ``.../deviation``
    (channels,); and ``<layer>/excited`` (channels,), the share of pictures in which the unit is
    above zero anywhere.
    """

    digest: str  # of the network
    count: int  # how many pictures
    arrays: Mapping[str, np.ndarray]

    def standing(self, unit: Unit, response: float) -> Standing | None:
        """Place a response; None for a kind of unit without statistics, such as a whole layer.

        ``response`` is the unit's own, not negated for a negative unit. A neuron is compared with
        the middle one of its channel.
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

    def encode(self) -> Mapping[str, np.ndarray]:
        """The statistics as named arrays, for an .npz file."""
        return {"digest": np.array(self.digest), "count": np.array(self.count), **self.arrays}

    @classmethod
    def load(cls, path: Path) -> "Statistics":
        """Read an .npz file of ``encode``'s arrays; no pickles."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        digest, count = str(arrays.pop("digest")), int(arrays.pop("count"))
        return cls(digest, count, arrays)


def summary(values: np.ndarray) -> dict[str, np.ndarray]:
    """The distribution of each column of responses, (pictures, channels): quantiles and moments."""
    return {
        "quantiles": np.quantile(values, LEVELS, axis=0).astype("float32"),
        "mean": values.mean(0, dtype="float64").astype("float32"),
        "deviation": values.std(0, dtype="float64").astype("float32"),
    }
