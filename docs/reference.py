"""Write docs/reference.md, the page of all public names, from their docstrings.

Run ``python -m docs.reference`` after a docstring has changed.
"""

import dataclasses
import functools
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import convscope as cs
from convscope.activation.result import Activations
from convscope.atlas.edition import Edition
from convscope.atlas.entry import Entry
from convscope.atlas.plan import EVIDENCE
from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.evaluation.result import Evaluation
from convscope.attribution.grid import Attributions
from convscope.attribution.methods.table import METHODS
from convscope.attribution.result import Attribution
from convscope.canvas import CANVASES
from convscope.cards.finding import Finding
from convscope.comparison.compare import Differences
from convscope.connections.connection import Connection
from convscope.connections.weights import ConnectionWeights
from convscope.explorer.explore import Explorer
from convscope.films.result import Film
from convscope.maximization.result import Gallery, Maximized
from convscope.maximization.schedule import SCHEDULES
from convscope.networks.layers import LayerInfo
from convscope.networks.loading.check import Verdict
from convscope.networks.loading.zoo import ZOO
from convscope.networks.natural_statistics import Standing
from convscope.networks.preprocessing import PREPROCESSING
from convscope.neuron_groups.factors import Factor, Factors
from convscope.objectives.penalties import PENALTIES
from convscope.semantic_dictionary.result import Dictionary
from convscope.stories.result import Stage, Story
from convscope.transforms import TRANSFORMS

PAGE = Path(__file__).with_name("reference.md")
HEADINGS = ("Args", "Returns", "Raises", "Example")
# What verbs return; a user meets these classes but does not build them.
RESULTS = (
    Maximized,
    Gallery,
    Film,
    Activations,
    Attribution,
    Attributions,
    Evaluation,
    Story,
    Stage,
    Dictionary,
    Factors,
    Factor,
    Differences,
    ConnectionWeights,
    Connection,
    cs.Card,
    Finding,
    cs.Atlas,
    Entry,
    Edition,
    cs.Learning,
    Standing,
    LayerInfo,
    Verdict,
    Explorer,
)
TABLES = {
    "Networks of `load`": ZOO,
    "`Preprocessing`, by name": PREPROCESSING,
    "Canvases of a `Recipe`, `CANVASES`": CANVASES,
    "Schedules of a `Recipe`, `SCHEDULES`": SCHEDULES,
    "`Transforms`, `TRANSFORMS`": TRANSFORMS,
    "Penalties of an objective, `PENALTIES`": PENALTIES,
    "Methods of `attribute`, `METHODS`": METHODS,
    "Measures of `evaluate`, `MEASURES`": MEASURES,
    "Evidence of `build_atlas`, `EVIDENCE`": EVIDENCE,
}
INTRODUCTION = """\
# Reference

All public names of Convscope, made from their docstrings by `python -m docs.reference`. Import the
package as `cs`, and the objectives as `from convscope import objectives`.

Pictures are float32 arrays, (height, width, channels), RGB, with values in [0, 1]. A photo is a
path, a Pillow image or an array of uint8 or of floats in [0, 1].
"""


@dataclasses.dataclass(frozen=True)
class Doc:
    """A docstring, taken apart.

    Args:
        summary: its first sentence.
        text: what follows, up to the first heading.
        sections: the entries of Args and Raises by name, and the lines of the others.
    """

    summary: str
    text: str
    sections: dict[str, Any]

    @classmethod
    def of(cls, value: Any) -> "Doc":
        """Read the docstring of a function, a class or a property."""
        parts = re.split(rf"^({'|'.join(HEADINGS)}):\n", inspect.getdoc(value) or "", flags=re.M)
        summary, _, text = parts[0].strip().partition("\n\n")
        sections: dict[str, Any] = {}
        for heading, body in zip(parts[1::2], parts[2::2], strict=True):
            lines = inspect.cleandoc(body)
            entries = re.split(r"^(\*{0,2}\w+): ", lines, flags=re.M)[1:]
            sections[heading] = (
                dict(zip(entries[::2], map(_joined, entries[1::2]), strict=True))
                if heading in ("Args", "Raises")
                else lines
            )
        return cls(_joined(summary), text.strip(), sections)


def _joined(text: str) -> str:
    return " ".join(text.split())


def verbs() -> dict[str, Any]:
    """Return the public functions of the package, by name."""
    return {name: value for name in cs.__all__ if inspect.isfunction(value := getattr(cs, name))}


def values() -> dict[str, Any]:
    """Return the public classes that a user builds, by name."""
    found = {name: getattr(cs, name) for name in cs.__all__}
    return {
        name: value
        for name, value in found.items()
        if inspect.isclass(value) and value not in RESULTS
    }


def objectives() -> dict[str, Any]:
    """Return the public functions of ``convscope.objectives``, by name."""
    every = ((name, getattr(cs.objectives, name)) for name in cs.objectives.__all__)
    return {name: value for name, value in every if inspect.isfunction(value)}


def errors() -> dict[str, Any]:
    """Return the errors and warnings, by name, from the base to the special ones."""
    return {
        name: value
        for name, value in vars(cs.errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class that Convscope defines, by name.

    A method that the class does not implement is left out.
    """
    own = [base for base in kind.__mro__ if base.__module__.startswith("convscope.")]
    names = dict.fromkeys(name for base in own for name in vars(base) if not name.startswith("_"))
    for name in names:
        value = inspect.getattr_static(kind, name)
        if inspect.isfunction(value) and "raise NotImplementedError" in inspect.getsource(value):
            continue
        if isinstance(value, staticmethod | classmethod):
            yield name, value.__func__
        elif inspect.isfunction(value) or isinstance(value, property | functools.cached_property):
            yield name, value


def signature(name: str, value: Any, *, width: int = 96) -> str:
    """Return a call of a function or a class, with its parameters and their defaults."""
    parameters = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=_Shown(parameter.default)
            if parameter.default is not inspect.Parameter.empty
            else parameter.default,
        )
        for parameter in inspect.signature(value).parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    text = f"{name}{inspect.Signature(parameters)}"
    if len(text) <= width:
        return text
    lines = [str(parameter) for parameter in parameters]
    kinds = [parameter.kind for parameter in parameters]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        lines.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    return "\n".join([f"{name}(", *(f"    {line}," for line in lines), ")"])


class _Shown:
    """A default value as the page shows it: plain values in full, others by their class."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        plain = str | int | float | tuple | None
        if isinstance(self.value, plain):
            return repr(self.value)
        built = type(self.value).__module__.startswith("convscope.")
        return f"{type(self.value).__name__}(...)" if built else "..."


def page() -> str:
    """Return the whole page."""
    sections = [
        ("Verbs", {f"cs.{name}": value for name, value in verbs().items()}, True),
        ("Values", {f"cs.{name}": value for name, value in values().items()}, True),
        ("Results", {_called(kind): kind for kind in RESULTS}, False),
        ("Objectives", {f"objectives.{name}": value for name, value in objectives().items()}, True),
    ]
    lines = [INTRODUCTION]
    for title, names, called in sections:
        lines += [f"## {title}", ""]
        for name, value in names.items():
            lines += [*_section(name, value, called), ""]
    lines += ["## Names", "", "The names that settings take.", ""]
    for title, names in TABLES.items():
        lines.append(f"- {title}: {', '.join(f'`{name}`' for name in names)}.")
    lines += ["", "## Errors", "", "All of them are in `convscope.errors`.", ""]
    for name, value in errors().items():
        bases = ", ".join(f"`{base.__name__}`" for base in value.__bases__)
        lines.append(f"- `{name}`, a kind of {bases}: {_markdown(Doc.of(value).summary)}")
    return "\n".join(lines).rstrip() + "\n"


def _called(kind: type) -> str:
    return f"cs.{kind.__name__}" if kind.__name__ in cs.__all__ else kind.__name__


def _section(name: str, value: Any, called: bool) -> Iterator[str]:
    """A heading for a public name, its call, its docstring and its methods."""
    doc = Doc.of(value)
    yield f"### `{name}`"
    yield ""
    if called:
        yield from ("```python", signature(name, value), "```", "")
    yield _markdown(doc.summary)
    if doc.text:
        yield f"\n{_markdown(doc.text)}"
    fields = doc.sections.get("Args", {})
    if fields:
        yield ""
        yield from _entries(fields)
    if "Returns" in doc.sections:
        yield f"\n**Returns** {_markdown(_joined(doc.sections['Returns']))}"
    if "Raises" in doc.sections:
        yield "\n**Raises**\n"
        yield from _entries(doc.sections["Raises"])
    if "Example" in doc.sections:
        example = re.sub(r"^``(.*)``$", r"\1", doc.sections["Example"], flags=re.M)
        yield from ("\n**Example**\n", "```python", example, "```")
    if inspect.isclass(value):
        methods = [_method(each, found) for each, found in members(value)]
        if methods:
            yield "\n**Methods and properties**\n"
            yield from (line for lines in methods for line in lines)


def _method(name: str, value: Any) -> list[str]:
    """A method as an item of a list, with its parameters below it."""
    doc = Doc.of(value)
    called = " ".join(signature(name, value).split()) if inspect.isfunction(value) else name
    called = called.replace("( ", "(").replace(", )", ")")
    lines = [f"- `.{called}`: {_markdown(doc.summary)}"]
    lines += [f"  {line}" for line in _entries(doc.sections.get("Args", {}))]
    return lines


def _entries(entries: dict[str, str]) -> list[str]:
    return [f"- `{name}`: {_markdown(text)}" for name, text in entries.items()]


def _markdown(text: str) -> str:
    """Turn the text of a docstring into Markdown: code in single backticks, the rest escaped."""
    parts = re.split(r"``(.+?)``", text, flags=re.DOTALL)
    escaped = [re.sub(r"([*<])", r"\\\1", part) for part in parts[::2]]
    code = [f"`{part}`" for part in parts[1::2]] + [""]
    return "".join(one + other for one, other in zip(escaped, code, strict=True))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
