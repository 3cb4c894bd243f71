"""The result of ``evaluate``: scores of maps beside those of control maps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.attribution.evaluation.controls import RANDOM
from convscope.attribution.evaluation.evidence import EvaluationSettings, Score
from convscope.attribution.evaluation.figure import Cell, Column, Line, evaluation
from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.grid import Attributions
from convscope.brief import Brief, counted
from convscope.errors import unknown
from convscope.results import TABLED, FigureResult, texts

if TYPE_CHECKING:
    from convscope.drawing import Figure

PASSES = "passes"  # in tables and records
RUNS = "runs"  # for people: beside 'fails', 'passes' would say that a map has passed
COST = "pictures that the network is shown for one map"


@dataclass(frozen=True, eq=False)
class EvaluationRow(Brief):
    """One map and its scores.

    Args:
        name: the name that sets it apart from the other maps.
        target: what it explains.
        map: (height, width) float32.
        passes: how many pictures the network was shown for it.
        is_control: whether it is a control map, made without the network.
        scores: by name in ``MEASURES``.
    """

    name: str
    target: str
    map: np.ndarray
    passes: int
    is_control: bool
    scores: Mapping[str, Score]


@dataclass(frozen=True, eq=False)
class Evaluation(FigureResult):
    """Scores of several maps of one photo, and of control maps.

    Args:
        attributions: the maps.
        rows: one for each map, in order, and below them the controls.
        trial: the settings of the measures.
        source: the photo, the network, the backend and versions.
    """

    attributions: Attributions
    rows: tuple[EvaluationRow, ...]
    trial: EvaluationSettings
    source: Mapping[str, str]

    @property
    def measures(self) -> list[str]:
        """The measures used: names in ``MEASURES``."""
        return list(self.rows[0].scores)

    def __getitem__(self, name: str) -> EvaluationRow:
        """Return the row of a map or a control, by its name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise unknown("map", name, [row.name for row in self.rows])

    def best(self, measure: str) -> list[str]:
        """Return the names of the maps with the best score by a measure, controls excluded.

        Args:
            measure: a name in ``MEASURES``. For one without a best score the list is empty.
        """
        better = MEASURES[measure].better
        values = {
            row.name: value
            for row in self.rows
            if not row.is_control and (value := row.scores[measure].value) is not None
        }
        if not (better and values):
            return []
        top = max(values.values()) if better == "high" else min(values.values())
        return [name for name, value in values.items() if value == top]

    def poor(self, row: EvaluationRow, measure: str) -> bool:
        """Return whether a map fails: it scores no better than a control, or beyond a fixed limit.

        Args:
            row: the map.
            measure: a name in ``MEASURES``.
        """
        value, how = row.scores[measure].value, MEASURES[measure]
        if value is None or row.is_control:
            return False
        if how.poor is not None:
            return value >= how.poor
        controls = [
            known
            for each in self.rows
            if each.is_control and each.target == row.target
            if (known := each.scores[measure].value) is not None
        ]
        higher = how.better == "high"
        return any(value <= known if higher else value >= known for known in controls)

    def _random(self, row: EvaluationRow) -> EvaluationRow:
        """Return the random map of the same target."""
        return next(
            each
            for each in self.rows
            if each.is_control and each.target == row.target and each.name.endswith(RANDOM)
        )

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each map: its name, its scores (some None), and its cost."""
        return [
            {
                "name": row.name,
                **{measure: row.scores[measure].value for measure in self.measures},
                PASSES: row.passes,
                "control": row.is_control,
            }
            for row in self.rows
        ]

    def confidence(self) -> str:
        """Return a sentence that says what the measures take as the network's confidence."""
        found = self.attributions.maps[0]
        several = "target" in self.attributions.axes
        if found.unit is not None and found.is_class and not found.unit.negative:
            return f"Confidence: the probability of {'the class' if several else found.label}."
        what = "the target" if several else found.label
        return f"Confidence: the response of {what}, as a share: 1 for the photo, 0 for plain gray."

    def reading(self) -> dict[str, str]:
        """Return, for each column, a sentence on how to read it and where it was published."""
        trial = replace(self.trial, square=self.trial.side(self.attributions.photo))
        texts = {
            name: f"{MEASURES[name].says.format(trial=trial)} ({MEASURES[name].source})"
            for name in self.measures
        }
        return {**texts, PASSES: COST}

    def reasons(self) -> dict[str, str]:
        """Return why scores are missing: the reasons, each with the maps that it concerns."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            for measure, score in row.scores.items():
                if score.value is None:
                    found.setdefault(f"No {measure}: {score.why}", []).append(row.name)
        return {why: ", ".join(names) for why, names in found.items()}

    def rows_of_text(self) -> list[list[str]]:
        """Return the table as text: its header, then a row for each map."""
        rows = [
            [
                f"{row.name} (control)" if row.is_control else row.name,
                *(_shown(row.scores[name].value) for name in self.measures),
                f"{row.passes:,}",
            ]
            for row in self.rows
        ]
        return [["map", *self.measures, RUNS], *rows]

    def markdown(self) -> str:
        """Return the table in Markdown, with the best scores in bold and failures in italics."""
        header, *rows = self.rows_of_text()
        lines = [f"| {' | '.join(header)} |", f"|---{'|---:' * (len(header) - 1)}|"]
        for row, (name, *cells, passes) in zip(self.rows, rows, strict=True):
            marked = [
                self._marked(row, measure, text)
                for measure, text in zip(self.measures, cells, strict=True)
            ]
            lines.append(f"| {' | '.join([name, *marked, passes])} |")
        return "\n".join([*lines, "", *(f"- {text}" for text in self.legend())])

    def _marked(self, row: EvaluationRow, measure: str, text: str) -> str:
        if row.name in self.best(measure):
            return f"**{text}**"
        return f"*{text}*" if self.poor(row, measure) else text

    def legend(self) -> list[str]:
        """Return everything needed to read the table, a sentence or two for each column."""
        sentences = [self.confidence()]
        named = {RUNS if name == PASSES else name: text for name, text in self.reading().items()}
        sentences += [f"{name[:1].upper()}{name[1:]}: {text}." for name, text in named.items()]
        sentences.append(
            "Fails: no better than one of the controls, or, where a limit is stated, beyond it. "
            "The best of these maps may fail as well."
        )
        missing = [f"{why.rstrip('.')} ({names})." for why, names in self.reasons().items()]
        omitted = self.attributions.omitted()
        return [*sentences, *missing, *([omitted] if omitted else [])]

    def verdict(self) -> list[str]:
        """Return sentences that say which map is best by each measure, and which maps fail."""
        best = [f"{name}: {', '.join(self.best(name))}" for name in self.measures]
        worst = {
            name: [row.name for row in self.rows if self.poor(row, name)] for name in self.measures
        }
        fails = [f"{name}: {', '.join(rows)}" for name, rows in worst.items() if rows]
        parts = {"Best": [text for text in best if not text.endswith(": ")], "Fails": fails}
        return [f"{word} by {'; '.join(texts)}." for word, texts in parts.items() if texts]

    def figure(self) -> "Figure":
        """Return a figure with a row for each map: over the photo, its curves and its scores."""
        found = self.attributions
        columns = [
            Column(name, MEASURES[name].better, MEASURES[name].along) for name in self.measures
        ]
        return evaluation(
            found.photo,
            [self._line(row) for row in self.rows],
            columns,
            title=f"Which map to believe: {found.title}",
            notes=[*self.legend(), "Thin gray curves: the random map's, for comparison."],
            last=RUNS,
        )

    def _line(self, row: EvaluationRow) -> Line:
        control = self._random(row)
        cells = []
        for name in self.measures:
            score, beside = row.scores[name], control.scores[name]
            compared = None if row is control or MEASURES[name].poor is not None else beside.curve
            cells.append(
                Cell(
                    text=_shown(score.value),
                    curve=score.curve,
                    compared=compared,
                    is_best=row.name in self.best(name),
                    is_poor=self.poor(row, name),
                )
            )
        return Line(row.name, row.map, tuple(cells), f"{row.passes:,}", row.is_control)

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **{k: v for k, v in self.attributions.record().items() if k != "maps"},
            "convscope": "evaluation",
            "trial": {**asdict(self.trial), "measures": self.measures},
            "confidence": self.confidence(),
            "reading": self.reading(),
            "rows": {
                row.name: {
                    "control": row.is_control,
                    PASSES: row.passes,
                    **{name: _plain(score) for name, score in row.scores.items()},
                }
                for row in self.rows
            },
            **self.source,
        }

    def info(self) -> dict[str, str]:
        """Return the provenance for a saved figure, as texts, without the scores."""
        return texts(self.record(), "rows", "reading")

    suffixes = TABLED

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo``, ``maps`` (n, height, width), ``names`` (n,), and the measures' curves.

        Curves are (n, places) as ``curve/<measure>``, filled with NaN for maps without a curve.
        """
        named = {
            "photo": self.attributions.photo,
            "maps": np.stack([row.map for row in self.rows]),
            "names": np.array([row.name for row in self.rows]),
        }
        for measure in self.measures:
            curves = [row.scores[measure].curve for row in self.rows]
            known = [curve for curve in curves if curve is not None]
            if known:
                none = np.full_like(known[0], np.nan)
                named[f"curve/{measure}"] = np.stack([none if c is None else c for c in curves])
        return named

    def _brief(self) -> str:
        controls = sum(row.is_control for row in self.rows)
        maps = counted(len(self.rows) - controls, "map")
        by = counted(len(self.measures), "measure")
        return f"{maps} and {counted(controls, 'control')} by {by}, {self.attributions.title}"

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.3g}"


def _plain(score: Score) -> dict[str, Any]:
    curve = None if score.curve is None else score.curve.tolist()
    return {"value": score.value, "why": score.why, "curve": curve, **score.detail}
