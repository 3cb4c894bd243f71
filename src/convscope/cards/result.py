"""A card: the evidence about one picture, and what that evidence does not show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope import drawing, files
from convscope.brief import counted
from convscope.cards.exemplars import Exemplars
from convscope.cards.figure import Plot, Strip
from convscope.cards.figure import card as draw_card
from convscope.cards.finding import Finding
from convscope.datasets.distribution import Histogram
from convscope.drawing.tile import number
from convscope.errors import refuse_unknown, unknown
from convscope.maximization.result import Maximized
from convscope.networks.natural_statistics import SILENT, Standing
from convscope.results import Result

if TYPE_CHECKING:
    from convscope.drawing import Figure

LIMITS = (
    "A high score does not prove meaning, and a channel is not a concept.",
    "Maximization shows an extreme, not the everyday.",
    "A network can be built to fool it.",
    "The prior (canvas, transforms) shapes every picture: a control, from the untrained network, "
    "shows how much.",
)
SILENCE = (
    f"A silent unit: under {SILENT:.1%} of natural pictures excite it. The response that was "
    "maximized is the one before its activation function."
)


@dataclass(frozen=True, eq=False)
class Card(Result):
    """The evidence about one picture, measured on the picture as it is saved, with 8 bits a value.

    Args:
        result: the picture.
        findings: in order; a finding that could not be made says why.
        seeds: pictures of the same unit from several seeds, ``result`` first.
        minimal: the picture that minimizes the same response, or None.
        untrained: the picture from an untrained copy of the network, or None.
        standing: how the response compares with those to natural pictures, if those are known.
        histogram: of the responses to natural pictures, if those are known.
        exemplars: the user's photos that excite the unit most and least, if there are any.
    """

    result: Maximized
    findings: tuple[Finding, ...]
    seeds: tuple[Maximized, ...] = ()
    minimal: Maximized | None = None
    untrained: Maximized | None = None
    standing: Standing | None = None
    histogram: Histogram | None = None
    exemplars: Exemplars | None = None

    @property
    def silent(self) -> bool:
        """Whether the unit is silent: almost no natural picture excites it."""
        return bool(self.standing and self.standing.silent)

    def __getitem__(self, name: str) -> Finding:
        """Return a finding by its name, such as card['reach'].numbers."""
        found = {finding.name: finding for finding in self.findings}
        refuse_unknown("finding", [name], found)
        return found[name]

    def text(self) -> str:
        """Return the card as text: each finding with its caveat, then the limits of the method."""
        lines = [self._heading(), *([SILENCE] if self.silent else []), ""]
        width = max(len(finding.name) for finding in self.findings)
        for finding in self.findings:
            lines.append(f"{finding.name:{width}}  {finding.says}")
            if finding.caveat:
                lines.append(f"{'':{width}}  ({finding.caveat})")
        return "\n".join([*lines, "", *(f"- {limit}" for limit in LIMITS)])

    def record(self) -> dict[str, Any]:
        """Return the card as plain numbers and names."""
        return {
            "convscope": "card",
            "silent": self.silent,
            "findings": {finding.name: finding.as_json() for finding in self.findings},
            "limits": list(LIMITS),
            "histogram": self.histogram.as_json() if self.histogram else None,
            "exemplars": self.exemplars.as_json() if self.exemplars else None,
            "picture": _provenance(self.result.info()),
        }

    def figure(self) -> "Figure":
        """Return a figure of the whole card on one page."""
        findings = [(each.name, each.says, each.caveat) for each in self.findings]
        return draw_card(
            self._heading(),
            SILENCE if self.silent else "",
            self._main(),
            self._plot(),
            self._strips(),
            findings,
            LIMITS,
        )

    def save(self, path: str | Path) -> Path:
        """Write the card and return the path; the suffix chooses the format.

        Args:
            path: the file to write: .png, .pdf or .svg for the figure, .json for the record, or
                .txt for the text.

        Raises:
            UnknownName: the suffix is not one of these.
            OutputError: the file cannot be written.
        """
        target, suffix = Path(path), Path(path).suffix.lower()
        if suffix == ".json":
            return files.put_json(target, self.record())
        if suffix == ".txt":
            return files.put_text(target, self.text() + "\n")
        if suffix not in drawing.FORMATS:
            raise unknown("card format", suffix or target.name, [*drawing.FORMATS, ".json", ".txt"])
        return drawing.save(self.figure(), target, self.result.info())

    def __str__(self) -> str:
        return self.text()

    def _brief(self) -> str:
        return f"{self._heading()}, {counted(len(self.findings), 'finding')}"

    def _repr_png_(self) -> bytes:
        return drawing.to_png(self.figure())

    def _heading(self) -> str:
        height, width = self.result.picture.shape[:2]
        return (
            f"{self.result.label} of {self.result.source['network']}, seed "
            f"{self.result.recipe.seed}, {height}x{width}"
        )

    def _main(self) -> Strip:
        """Return the picture, and the minimal and the untrained one if they exist."""
        shown = {"maximal": self.result, "minimal": self.minimal, "untrained": self.untrained}
        there = {name: made for name, made in shown.items() if made}
        return Strip("", [made.shown() for made in there.values()], list(there))

    def _plot(self) -> Plot | None:
        if self.histogram is None:
            return None
        marks = [
            ("this picture", self.result.gain),
            ("best natural", float(self.histogram.edges[-1])),
        ]
        if self.minimal:
            # It gains by what this picture is against.
            marks.append(("minimal", -self.minimal.gain))
        ticks = [made.gain for made in self.seeds[1:]]
        how = "" if self.histogram.exact else ", drawn from its quantiles"
        turned = ", negated" if self.result.gain != self.result.response else ""
        what = f"response{turned}, {self.histogram.count:,} natural pictures{how}"
        return Plot(self.histogram.edges, self.histogram.density, marks, ticks, what)

    def _strips(self) -> list[Strip]:
        strips = []
        if len(self.seeds) > 1:
            captions = [f"seed {made.recipe.seed}: {number(made.gain)}" for made in self.seeds]
            strips.append(Strip("several seeds", [made.shown() for made in self.seeds], captions))
        for kind, some in (self.exemplars.kinds if self.exemplars else {}).items():
            captions = [number(each.response) for each in some]
            strips.append(Strip(f"photos: {kind}", [each.picture for each in some], captions))
        return strips


def _provenance(info: Mapping[str, str]) -> dict[str, Any]:
    return {**info, "recipe": json.loads(info["recipe"])}
