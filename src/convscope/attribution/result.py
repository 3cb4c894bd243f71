"""Which parts of a photo drove a decision: a value that can show and save itself."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures, files
from convscope.attribution.heat import Heat
from convscope.attribution.methods import METHODS
from convscope.brief import Brief
from convscope.errors import unknown
from convscope.figures.attribution import attribution as drawn
from convscope.models.photo import named
from convscope.models.units import Unit
from convscope.objectives import Objective
from convscope.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLAT = 1e-6  # a map whose values differ by less than this share of the largest is one plain colour
TOO_WIDE = 0.05  # a gap beyond this share of what was to be explained is worth a word


@dataclass(frozen=True, eq=False)
class Attribution(Brief):
    """A signed map over a photo.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        map: (height, width) float32: above zero speaks for the unit, below zero against it.
        target: what is explained: the response of a unit, or a weighted sum.
        label: its text, with a class's label in place of its index.
        method: a name in ``METHODS``.
        is_class: whether classes alone are explained.
        answer: what the target's response is: 'logit', 'probability' or 'response'.
        score: the target's response to the photo, before softmax or ReLU.
        baseline_score: its response to what the method compares with, mostly plain gray.
        gap: how far the map's sum is from score - baseline_score, or from the score where there is
            no baseline, for methods whose map is meant to sum to that.
        note: what to know before looking: 'flat', 'all negative'; '' if nothing.
        seed: of the random numbers, if the method draws any.
        settings: of the method.
        source: which photo and network, on which backend and versions.
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
        """One line: the method and its settings, the score, and what it is compared with."""
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
        """The unit, if the target is nothing but one unit or its opposite."""
        return self.target.unit

    def _response(self) -> str:
        word = self.answer
        if self.unit is None:
            return f"weighted {'probabilities' if word == 'probability' else f'{word}s'}"
        return f"negated {word}" if self.unit.negative else word

    def figure(self) -> "Figure":
        """The photo, the map with its scale, and the map over the photo."""
        return drawn(
            self.photo,
            self.map,
            title=f"{self.label} in {named(self.source['photo'])}",
            caption=self.caption(),
            says=METHODS[self.method].says,
            note=self.note,
            ends=METHODS[self.method].ends,
        )

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""
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
        """The provenance, as it travels inside a saved figure."""
        return {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in self.numbers().items()
        }

    def save(self, path: str | Path) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        ``.png``, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has photo and map as arrays;
        ``.json`` has ``numbers()``.
        """
        suffix = Path(path).suffix.lower()
        if suffix in figures.FORMATS:
            return figures.save(self.figure(), path, self.info())
        if suffix not in WRITERS:
            known = [*figures.FORMATS, *WRITERS]
            raise unknown("format of attributions", suffix or Path(path).name, known)
        return WRITERS[suffix](self, Path(path))

    def _brief(self) -> str:
        return f"{self.label} by {self.method}, {self._response()} {self.score:.4g}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure(), dpi=96)


def write_npz(attribution: Attribution, path: Path) -> Path:
    """Photo and map as arrays, and the provenance as info/<name>. No pickles."""
    stream = io.BytesIO()
    texts = {f"info/{key}": np.array(text) for key, text in attribution.info().items()}
    np.savez_compressed(
        stream, allow_pickle=False, photo=attribution.photo, map=attribution.map, **texts
    )
    return files.put(path, stream.getvalue())


def write_json(attribution: Attribution, path: Path) -> Path:
    """All but the arrays."""
    return files.put_json(path, attribution.numbers())


WRITERS: dict[str, Callable[[Attribution, Path], Path]] = {".npz": write_npz, ".json": write_json}


def remark(heat: Heat, score: float) -> str:
    """What a map must not be shown without: that it is flat, all negative or does not add up."""
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


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
