"""The result of ``attribute``: one signed map over a photo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.attribution.heat import AttributionMap
from convscope.attribution.methods.table import METHODS
from convscope.drawing.overlay import attribution as drawn
from convscope.images import Picture
from convscope.networks.photo import display_name
from convscope.networks.units import Unit
from convscope.objectives import Objective
from convscope.results import FigureResult, texts

if TYPE_CHECKING:
    from convscope.drawing import Figure

FLAT = 1e-6  # a map whose values differ by less than this share of the largest is one plain colour
TOO_WIDE = 0.05  # a gap beyond this share of what was to be explained is worth a word


@dataclass(frozen=True, eq=False)
class Attribution(FigureResult):
    """A signed map over a photo: which parts speak for a unit and which against it.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        map: (height, width) float32: values above zero speak for the unit, those below zero against
            it.
        target: what is explained: the response of a unit, or a weighted sum of units.
        label: its text, with a class's label in place of its index.
        method: a name in ``METHODS``.
        is_class: whether the target consists of classes only.
        answer: what the target's response is: 'logit', 'probability' or 'response'.
        score: the target's response to the photo, before softmax or ReLU.
        baseline_score: its response to the picture that the method compares with, in most cases
            plain gray; None if there is none.
        gap: for methods whose map should sum to score - baseline_score, or to the score where there
            is no baseline: how far the sum is from that. None for other methods.
        note: what to know before looking: 'flat', 'all negative'; '' if there is nothing.
        seed: of the random numbers, if the method draws any.
        settings: of the method.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    map: np.ndarray
    target: Objective
    label: str
    method: str
    is_class: bool
    answer: str
    score: float
    baseline_score: float | None
    gap: float | None
    note: str
    seed: int
    settings: Mapping[str, Any]
    source: Mapping[str, str]

    def caption(self) -> str:
        """Return one line: the method, its settings, the score, and the score of the baseline."""
        settings = ", ".join(f"{name} {_short(value)}" for name, value in self.settings.items())
        parts = [
            f"{self.method} ({settings})" if settings else self.method,
            f"{self._response()} {self.score:.4g}",
        ]
        if self.baseline_score is not None:
            nothing = METHODS[self.method].nothing
            parts.append(f"of {nothing} {self.baseline_score:.4g}")
        if self.gap is not None:
            # Relevance is passed back to nothing else, so what its sum lacks was kept on the way.
            kind = "conservation" if self.baseline_score is None else "convergence"
            parts.append(f"{kind} gap {self.gap:.2g}")
        return " · ".join(parts)

    @property
    def unit(self) -> Unit | None:
        """The unit, if the target is one unit or its negative; None for a sum."""
        return self.target.unit

    def _response(self) -> str:
        word = self.answer
        if self.unit is None:
            return f"weighted {'probabilities' if word == 'probability' else f'{word}s'}"
        return f"negated {word}" if self.unit.negative else word

    def figure(self) -> "Figure":
        """Return a figure of the photo, the map with its scale, and the map over the photo."""
        return drawn(
            self.photo,
            self.map,
            title=f"{self.label} in {display_name(self.source['photo'])}",
            caption=self.caption(),
            says=METHODS[self.method].says,
            note=self.note,
            ends=METHODS[self.method].ends,
        )

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        row, column = divmod(int(self.map.argmax()), self.map.shape[1])
        return {
            "convscope": "attribute",
            "target": str(self.target),
            "label": self.label,
            "method": self.method,
            "settings": dict(self.settings),
            "seed": self.seed,
            "score": self.score,
            "answer": self.answer,
            "baseline_score": self.baseline_score,
            "gap": self.gap,
            "note": self.note,
            "map": {
                "height": self.map.shape[0],
                "width": self.map.shape[1],
                "lowest": float(self.map.min()),
                "highest": float(self.map.max()),
                "sum": float(self.map.sum(dtype="float64")),
                "highest_at": [row, column],
            },
            **self.source,
        }

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved figure."""
        return texts(self.record())

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo`` and ``map``."""
        return {"photo": self.photo, "map": self.map}

    def _brief(self) -> str:
        return f"{self.label} by {self.method}, {self._response()} {self.score:.4g}"


def remark(heat: AttributionMap, score: float) -> str:
    """Return a warning for a map that is flat, all negative or does not add up; '' for others."""
    largest = float(np.abs(heat.map).max())
    if np.ptp(heat.map) <= FLAT * largest:
        return "flat: no part of the photo counts more than another"
    if heat.map.max() <= 0:
        return "all negative: nothing here speaks for it, some parts speak less against it"
    if heat.gap is not None and heat.baseline_score is not None:
        explained = abs(score - heat.baseline_score)
        if abs(heat.gap) > TOO_WIDE * explained:
            return (
                f"the map sums to {heat.map.sum():.3g} instead of "
                f"{score - heat.baseline_score:.3g}; more steps would bring it closer"
            )
    return ""


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
