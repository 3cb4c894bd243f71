"""Units in words: which labelled photos each unit's responses separate best from the rest."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from convscope.brief import Brief, counted
from convscope.networks.units import Unit

# What joins the two labels of a set of photos; '' for one label alone.
JOINTS = ("", "or", "and", "and not")
# Of a table's second axis: the best label, the second best one, and the best set of two labels.
LABEL, NEXT, PAIR = range(3)
# One set of photos: its labels, and its AUC and number of photos in the half that judges.
# ``count`` is zero where there is none.
ENTRY = np.dtype(
    [("joint", "u1"), ("first", "u2"), ("second", "u2"), ("auc", "f4"), ("count", "u4")]
)
NOT_MEASURED = (
    "no labelled photos were measured. Try: --natural DIR, with one folder for each class"
)


@dataclass(frozen=True)
class Phrase:
    """A set of photos in words, and how well a unit's responses separate it from the rest.

    Args:
        text: one label, or two: 'tiger or lion', 'animal and not tiger'.
        auc: the area under the ROC curve: the share of pairs of a photo of the set and another one
            in which the first has the higher response (for low responses: the lower one); 0.5 is
            chance.
        count: how many of the photos that judge are in the set.
    """

    text: str
    auc: float
    count: int

    @property
    def short(self) -> str:
        """The words and the AUC: 'king penguin 0.97'."""
        return f"{self.text} {self.auc:.2f}"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and texts."""
        return {"text": self.text, "auc": round(self.auc, 4), "photos": self.count}


@dataclass(frozen=True)
class Side:
    """What high, or low, responses of a unit separate best.

    Args:
        label: the best label.
        following: the second best label, if there are several.
        pair: the best set of two labels, if it is better than ``label`` by a clear margin on the
            photos that choose, and no worse than it on those that judge.
    """

    label: Phrase
    following: Phrase | None = None
    pair: Phrase | None = None

    @property
    def best(self) -> Phrase:
        """The pair if there is one, or else the label."""
        return self.pair or self.label

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and texts."""
        return {
            "label": self.label.as_json(),
            "next": self.following.as_json() if self.following else None,
            "pair": self.pair.as_json() if self.pair else None,
        }


@dataclass(frozen=True)
class Control:
    """The best AUCs of an untrained network's units of one layer: median and 95th percentile.

    They are chosen on one half of the photos and judged on the other, as for any network, and they
    are those of high and of low responses.
    """

    median: float
    most: float

    def __str__(self) -> str:
        return (
            f"an untrained network's units: {self.median:.2f} in the middle, {self.most:.2f} at "
            "most in 95 of 100"
        )

    def as_json(self) -> dict[str, float]:
        """Return it as plain numbers."""
        return {"median": round(self.median, 4), "most": round(self.most, 4)}


@dataclass(frozen=True)
class InWords:
    """One unit in words.

    Args:
        high: what high responses separate best; low ones for a negative unit.
        low: the opposite.
        low_is_stronger: whether the opposite is separated better.
        photos: how many photos the AUCs were judged on, half of all.
        control: what an untrained network's units of the layer get; None if that is not known.

    Example:
        >>> high, low = Side(Phrase("tiger", 0.97, 25)), Side(Phrase("tent", 0.71, 25))
        >>> print(InWords(high, low, False, 5000))
        separates tiger from the rest, AUC 0.97 (25 of 5,000 photos)
    """

    high: Side
    low: Side
    low_is_stronger: bool
    photos: int
    control: Control | None = None

    def __str__(self) -> str:
        best, label = self.high.best, self.high.label
        text = (
            f"separates {best.text} from the rest, AUC {best.auc:.2f} ({best.count:,} of "
            f"{counted(self.photos, 'photo')})"
        )
        if best is not label:
            text += f"; {label.text} alone {label.auc:.2f}"
        elif self.high.following:
            text += f"; next {self.high.following.text}, {self.high.following.auc:.2f}"
        if self.low_is_stronger:
            text += f"; low responses separate {self.low.best.text}, {self.low.best.auc:.2f}"
        return text

    @property
    def beyond_control(self) -> bool | None:
        """Whether the AUC is above that of 95 in 100 of an untrained network's units."""
        return self.high.best.auc > self.control.most if self.control else None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and texts."""
        return {
            "says": str(self),
            "high": self.high.as_json(),
            "low": self.low.as_json(),
            "low_is_stronger": self.low_is_stronger,
            "photos": self.photos,
            "untrained": self.control.as_json() if self.control else None,
        }


@dataclass(frozen=True, eq=False)
class LayerWords(Brief):
    """The units of one layer in words.

    Args:
        table: (2, 3, channels) of ``ENTRY``: for high and low responses the best label, the second
            best one, and the pair.
        lower: (channels,), whether low responses separate their set better, judged on the half of
            the photos on which the sets were chosen.
        control: what an untrained network's units get; None if that is not known.
    """

    table: np.ndarray
    lower: np.ndarray
    control: Control | None = None


@dataclass(frozen=True, eq=False)
class Words(Brief):
    """The units of a network in words.

    Args:
        digest: of the network.
        labels: the names of the labels.
        photos: how many photos the AUCs were judged on.
        layers: by address.
    """

    digest: str
    labels: tuple[str, ...]
    photos: int
    layers: Mapping[str, LayerWords] = field(default_factory=dict)

    def of(self, unit: Unit) -> InWords | str:
        """Return a channel or class in words, or the reason why there are none."""
        own = self.layers.get(unit.layer)
        if unit.channel is None or unit.kind != "channel":
            return "there are words for channels and classes only"
        if own is None:
            return f"{unit.layer} was not measured"
        high, low = (self._side(own.table[side, :, unit.channel]) for side in (0, 1))
        lower = bool(own.lower[unit.channel])
        if unit.negative:
            high, low, lower = low, high, not lower
        return InWords(high, low, lower, self.photos, own.control)

    def _side(self, entries: np.ndarray) -> Side:
        label, following, pair = (self._phrase(entry) for entry in entries)
        assert label
        return Side(label, following, pair)

    def _phrase(self, entry: Any) -> Phrase | None:
        if not entry["count"]:
            return None
        text = self.labels[entry["first"]]
        if entry["joint"]:
            text += f" {JOINTS[entry['joint']]} {self.labels[entry['second']]}"
        return Phrase(text, float(entry["auc"]), int(entry["count"]))

    def encode(self) -> bytes:
        """Return the file that ``load`` reads: AUCs in hundredths, as they are shown."""
        tables = np.concatenate([own.table for own in self.layers.values()], axis=-1)
        controls = [own.control or Control(np.nan, np.nan) for own in self.layers.values()]
        arrays: dict[str, Any] = {
            name: tables[name] for name in ("joint", "first", "second", "count")
        }
        arrays |= {
            "hundredths": np.rint(tables["auc"] * 100).astype("u1"),
            "lower": np.concatenate([own.lower for own in self.layers.values()]),
            "controls": np.array([(each.median, each.most) for each in controls], "f4"),
            "layers": np.array(list(self.layers)),
            "channels": np.array([len(own.lower) for own in self.layers.values()]),
            "labels": np.array(self.labels),
            "digest": np.array(self.digest),
            "photos": np.array(self.photos),
        }
        packed = io.BytesIO()
        arrays = {name: _narrow(each) for name, each in arrays.items()}
        np.savez_compressed(packed, **arrays)
        return packed.getvalue()

    @classmethod
    def load(cls, path: Path) -> "Words":
        """Return the words in a file that ``encode`` made."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        table = np.zeros(arrays["joint"].shape, ENTRY)
        for name in ("joint", "first", "second", "count"):
            table[name] = arrays[name]
        table["auc"] = arrays["hundredths"] / 100
        ends = np.cumsum(arrays["channels"])[:-1]
        parts = zip(
            arrays["layers"],
            np.split(table, ends, axis=-1),
            np.split(arrays["lower"], ends),
            arrays["controls"].astype("float64"),
            strict=True,
        )
        layers = {
            str(layer): LayerWords(
                own, lower, None if np.isnan(control).any() else Control(*map(float, control))
            )
            for layer, own, lower, control in parts
        }
        labels = tuple(map(str, arrays["labels"]))
        return cls(str(arrays["digest"]), labels, int(arrays["photos"]), layers)


def _narrow(array: np.ndarray) -> np.ndarray:
    """Return whole numbers in as few bytes as hold them; other arrays as they are."""
    if array.dtype.kind not in "iu" or not array.ndim:
        return array
    return array.astype(np.min_scalar_type(array.max(initial=0)))
