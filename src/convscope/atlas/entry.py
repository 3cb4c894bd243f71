"""``Painted``, a finished picture, and ``Entry``, what an atlas knows of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convscope.atlas.plan import Item
from convscope.brief import Brief
from convscope.networks.units import Unit

SIDES = ("high", "low")  # of a unit's responses


@dataclass(frozen=True, eq=False)
class Painted(Brief):
    """One finished picture.

    Args:
        item: which it is.
        data: the picture as a lossless WebP file, with its provenance inside.
        evidence: what was measured, as plain numbers and texts.
    """

    item: Item
    data: bytes
    evidence: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Entry(Brief):
    """One picture of an atlas, with its evidence.

    Args:
        key: what identifies it.
        edition: the name of the edition that it belongs to.
        unit: the unit's address.
        label: the address with a class's label.
        seed: of the picture.
        evidence: what was measured: response, contrast, standing, selectivity, history, the
            strongest inputs and outputs, the nearest units by weights ('nearest') and by responses
            ('alike'), the unit in words. What is not known is None, and ``why`` says why.
        sha256: of the file of the picture.
        size: of that file in bytes.
        seconds: how long it took, as a share of its batch.
        made: when it was made, in seconds since 1970.
    """

    key: str
    edition: str
    unit: Unit
    label: str
    seed: int
    evidence: Mapping[str, Any]
    sha256: str
    size: int
    seconds: float
    made: float

    @property
    def reach(self) -> float | None:
        """Where the response is among those to natural pictures: 0 the median, 1 the maximum."""
        standing = self.evidence.get("standing")
        return standing["reach"] if standing else None

    @property
    def silent(self) -> bool | None:
        """Whether almost no natural picture excites the unit; None if that is not known."""
        standing = self.evidence.get("standing")
        return standing["silent"] if standing else None

    @property
    def reach_in_words(self) -> str:
        """The reach in words, and whether the unit is silent; '' if that is not known."""
        if self.reach is None:
            return ""
        return f"reach {self.reach:.2f}{', silent' if self.silent else ''}"

    def table(self) -> dict[str, Any]:
        """Return it as one row of plain numbers and texts."""
        standing = self.evidence.get("standing") or {}
        selectivity = self.evidence.get("selectivity") or {}
        row: dict[str, Any] = {
            "edition": self.edition,
            "unit": str(self.unit),
            "label": self.label,
            "layer": self.unit.layer,
            "channel": self.unit.channel,
            "seed": self.seed,
            "response": self.evidence.get("response"),
            "contrast": self.evidence.get("contrast"),
            "reach": standing.get("reach"),
            "below": standing.get("below"),
            "silent": standing.get("silent"),
            "selectivity_rank": selectivity.get("rank"),
            "selectivity_z": selectivity.get("z"),
        }
        for side in ("inputs", "outputs"):
            found = self.evidence.get(side) or {}
            for sign in ("exciting", "inhibiting"):
                row[f"{side}_{sign}"] = _listed(found.get(sign, ()))
        for near in ("nearest", "alike"):
            row[near] = _listed(self.evidence.get(near) or ())
        row |= _in_words(self.evidence.get("words"))
        row["note"] = self.evidence.get("note") or ""
        return {**row, "key": self.key, "sha256": self.sha256, "bytes": self.size}

    def _brief(self) -> str:
        reach = "" if self.reach is None else f", reach {self.reach:.2f}"
        return f"{self.label}, seed {self.seed}{reach}"


def _in_words(words: Any) -> dict[str, Any]:
    """Return what the unit separates best: the pair if there is one, or else the label."""
    high, low = ((words[side]["pair"] or words[side]["label"]) if words else {} for side in SIDES)
    control = (words["untrained"] if words else None) or {}
    return {
        "separates": high.get("text"),
        "separates_auc": high.get("auc"),
        "separates_photos": high.get("photos"),
        "low_for": low.get("text"),
        "low_for_auc": low.get("auc"),
        "untrained_auc": control.get("most"),
    }


def _listed(some: Any) -> str:
    return "; ".join(f"{name} {value:.4g}" for name, value in some)
