"""From the records of photos to tables: a mean a method, and every number of every photo."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.report import table
from convscope.attribution.evaluation.controls import RANDOM, SAYS
from convscope.attribution.evaluation.measures import MEASURES

MOST = 16  # photos that get a column each

LOOKED = Path(__file__).with_name("looked.json")  # what a person saw, by the photos' names

Records = Mapping[str, Mapping[str, Any]]  # by photo

POINTS, INSIDE = "points at it", "inside"
PLACES = {
    POINTS: "1 if the middle of the highest square lies in a box drawn around the object, 0 if not "
    "(Zhang 2016: the pointing game); noise, the same for every photo, is highest in a corner",
    INSIDE: "the share of what is above zero that lies in the box (Wang 2020); of noise, how much "
    "of the photo the box is",
}
BETTER = {name: row.better for name, row in MEASURES.items()} | dict.fromkeys(PLACES, "high")
CURVES = ("deletion", "insertion")


def columns(records: Records) -> list[str]:
    """What there are numbers of, in the order of the tables."""
    known = {name for record in records.values() for row in record["rows"].values() for name in row}
    return [name for name in BETTER if name in known]


def mean(records: Records, method: str, column: str) -> float | None:
    """Over the photos; None if a photo has no number, for means would not compare then."""
    found = [record["rows"][method].get(column) for record in records.values()]
    return None if None in found else float(np.mean(found))


def beaten(records: Records, method: str, column: str, controls: Sequence[str]) -> int:
    """For how many photos a method's number is better than those of all these controls."""
    sign = 1 if BETTER[column] == "high" else -1
    return sum(
        all(sign * rows[method][column] > sign * rows[control][column] for control in controls)
        for rows in (record["rows"] for record in records.values())
        if rows[method].get(column) is not None
    )


def cell(value: float | None) -> str:
    """A number.

    Example:
        >>> cell(0.12345), cell(12.345), cell(None)
        ('0.123', '12.3', '-')
    """
    return "-" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.3g}"


def names_of(records: Records, *, control: bool) -> list[str]:
    """The rows that are controls, or those that are not."""
    first = next(iter(records.values()))["rows"]
    return [name for name, row in first.items() if row["control"] == control]


def titled(records: Records) -> dict[str, str]:
    """Every row, controls at the end, and what it is called."""
    own, controls = (names_of(records, control=which) for which in (False, True))
    return {name: name for name in own} | {name: f"{name} (control)" for name in controls}


def overall(records: Records) -> list[str]:
    """The table of means; the best method of a column in bold."""
    asked, count = columns(records), len(records)
    own, controls = (names_of(records, control=which) for which in (False, True))
    means = {column: {n: mean(records, n, column) for n in own + controls} for column in asked}

    def shown(name: str, column: str) -> str:
        some = [means[column][each] for each in own if means[column][each] is not None]
        best = {"high": max, "low": min}.get(BETTER[column])
        value = means[column][name]
        bold = name in own and best is not None and some and value == best(some)
        return f"**{cell(value)}**" if bold else cell(value)

    def wins(name: str, column: str) -> str:
        if name not in own:
            return ""
        noise, every = (beaten(records, name, column, which) for which in ([RANDOM], controls))
        return f"{noise}, {every}"

    curves = [name for name in CURVES if name in asked]
    lines = [
        [
            title,
            *(shown(name, column) for column in asked),
            *(wins(name, column) for column in curves),
            _passes(records, name),
        ]
        for name, title in titled(records).items()
    ]
    beats = [f"{name} beats noise, all controls, of {count}" for name in curves]
    return table(["Map", *asked, *beats, "passes"], lines)


def _passes(records: Records, name: str) -> str:
    """Of each photo; methods that take as many as they need differ: '34 to 130'."""
    found = [record["rows"][name]["passes"] for record in records.values()]
    fewest, most = min(found), max(found)
    return f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"


def of_each(records: Records, column: str) -> list[str]:
    """One measure of every map and photo."""
    lines = [
        [title, *(cell(record["rows"][name].get(column)) for record in records.values())]
        for name, title in titled(records).items()
    ]
    return table(["Map", *records], lines)


def looked(records: Records, path: Path = LOOKED) -> list[str]:
    """What a person saw in the maps, of the photos and methods that are there."""
    if not path.exists():
        return []
    seen = json.loads(path.read_text())
    photos = [name for name in records if name in seen["photos"]]
    methods = [name for name in names_of(records, control=False) if name in seen["methods"]]
    if not photos or not methods:
        return []
    lines = [
        [name, *(seen["photos"][photo]["found"].get(name, "-") for photo in photos), words]
        for name, words in ((name, seen["methods"][name]) for name in methods)
    ]
    said = [f"- {photo}: {seen['photos'][photo]['words']}" for photo in photos]
    head = ["Map", *photos, "What is seen"]
    return ["## Looked at", "", seen["how"], "", *table(head, lines), "", *said, ""]


def reasons(records: Records) -> list[str]:
    """Why numbers are missing: a line a reason, and the maps it holds for."""
    found: dict[str, dict[str, None]] = {}
    for record in records.values():
        for name, row in record["rows"].items():
            for column, why in row["why"].items():
                alike = re.sub(r"\d[\d,]*", "so many", why)  # counts differ from photo to photo
                found.setdefault(f"No {column}: {alike.rstrip('.')}", {})[name] = None
    lines = [f"- {why} ({', '.join(names)})." for why, names in found.items()]
    return [*lines, ""] if lines else []


def markdown(records: Records, network: str, settings: Mapping[str, Any]) -> str:
    """The whole report.

    Args:
        records: by photo, each with its rows by method and control.
        network: its name.
        settings: how maps were made and tried, where it is not the default.
    """
    classes = "; ".join(
        f"{photo}: {record['label']}, {record['probability']:.0%}"
        for photo, record in records.items()
    )
    if len(records) > MOST:
        mean_of = np.mean([record["probability"] for record in records.values()])
        classes = f"{mean_of:.0%} on average"
    told = ", ".join(f"{name} {value}" for name, value in settings.items())
    asked, reading = columns(records), next(iter(records.values()))["reading"]
    out = [
        "# Which maps to believe",
        "",
        f"Made by `python -m benchmarks.judged`: {len(records)} photos, {network}, {told}; all "
        "else by default. Of each photo the likeliest class is explained, here with its "
        f"probability: {classes}.",
        "",
        *(f"- {name}: {text}." for name, text in (reading | PLACES).items() if name in asked),
        *(f"- {name} (control): {text}." for name, text in SAYS.items()),
        "",
        "## Mean over the photos",
        "",
        *overall(records),
        "",
        *reasons(records),
        *looked(records),
    ]
    if len(records) > MOST:
        return "\n".join(out)
    out += ["## Every photo", ""]
    for column in asked:
        out += [f"### {column[:1].upper()}{column[1:]}", "", *of_each(records, column), ""]
    return "\n".join(out)
