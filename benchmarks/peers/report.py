"""From records to a table."""

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.environments import REQUIREMENTS
from benchmarks.peers.judge import ENOUGH, first, median, quality

Records = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]  # by network, by tool, one a unit

OURS = "convscope"
PACKAGES = {
    "lucent": ("torch-lucent", "torch"),
    "tf-keras-vis": ("tf-keras-vis", "tensorflow", "keras"),
    "xplique": ("xplique", "tensorflow", "keras"),
    "horama": ("Horama", "torch"),
}


def times(record: Mapping[str, Any], clock: str = "seconds") -> dict[str, float]:
    """When an ascent reached quality and the natural maximum, in seconds; infinite if never.

    Where no quality or no maximum is defined, not a number.
    """
    if "error" in record:
        defined = {"quality": math.inf, "natural": math.inf}
    else:
        defined = {"quality": math.nan, "natural": math.nan}
    if "seen" not in record or "error" in record:
        return defined
    response, robust, _ = zip(*record["seen"], strict=True)
    if record["q"] and record["q"][0] > record["gray"]:
        shares = [quality(value, record["gray"], record["q"][0]) for value in robust]
        defined["quality"] = first(record[clock], shares, ENOUGH)
    if record["natural"] is not None:
        defined["natural"] = first(record[clock], response, record["natural"])
    return defined


def row(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One tool on one network, over all units."""
    made = [record for record in records if "error" not in record]
    errors = [record["error"] for record in records if "error" in record]
    found: dict[str, Any] = {"units": len(records), "failed": len(errors)}
    found["reason"] = max(set(errors), key=errors.count) if errors else None
    if not made:
        return found
    quality_of, apart_of, natural_of = (
        [time for time in (times(record, clock)[name] for record in records) if time == time]
        for name, clock in (("quality", "seconds"), ("quality", "warm"), ("natural", "seconds"))
    )
    ends = [
        quality(record["seen"][-1][1], record["gray"], record["q"][0])
        for record in made
        if record.get("q") and "seen" in record
    ]
    return found | {
        "step_ms": 1000 * float(np.median([record["step_seconds"] for record in made])),
        "passes": made[0]["passes"],
        "whole": sum(record["made"] == record["total"] for record in made),
        "ascent": float(np.median([record["seconds"][-1] for record in made])),
        "quality": median(quality_of),
        "quality_apart": median(apart_of),
        "judged": len(quality_of),
        "share": sum(map(math.isfinite, quality_of)) / len(quality_of) if quality_of else math.nan,
        "natural": median(natural_of),
        "end": median([end for end in ends if end == end]),
        "contrast": float(np.median([r["seen"][-1][2] for r in made if "seen" in r] or [math.nan])),
        "peak_mib": max(record["peak_mib"] for record in made),
    }


def summary(rows: Records) -> dict[str, dict[str, Any]]:
    """Every row of every network, with the ratio to ours; plain numbers."""
    found = {
        network: {tool: row(records) for tool, records in tools.items()}
        for network, tools in rows.items()
    }
    for tools in found.values():
        ours = tools.get(OURS, {}).get("quality", math.nan)
        for numbers in tools.values():
            if "quality" in numbers:
                numbers["ratio"] = numbers["quality"] / ours if ours < math.inf else math.nan
    return found


def shortest(tools: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Our recipe of the fewest steps that reaches quality for the median unit."""
    recipes = {int(name.split()[1]): name for name in tools if name.endswith(" steps")}
    reached = [n for n in sorted(recipes) if tools[recipes[n]].get("quality", math.nan) < math.inf]
    return recipes[reached[0]] if reached else None


def seconds(value: float, budget: str = "> budget") -> str:
    """A time in words.

    Example:
        >>> seconds(0.123), seconds(12.3), seconds(float("inf")), seconds(float("nan"))
        ('0.12', '12', '> budget', '-')
    """
    if math.isnan(value):
        return "-"
    return budget if math.isinf(value) else f"{value:.2g}" if value < 100 else f"{value:.0f}"


HEAD = (
    "Tool",
    "ms a step",
    "Passes",
    "Natural maximum, s",
    "Quality, s",
    "compiled before, s",
    "Got there",
    "Time, ours = 1",
    "Robust response / Q",
    "Contrast",
    "Peak, GiB",
)


def line(name: str, numbers: Mapping[str, Any]) -> list[str]:
    """The cells of a row."""
    if "step_ms" not in numbers:
        return [name, f"failed: {numbers['reason']}", *[""] * (len(HEAD) - 2)]
    if numbers["failed"]:
        name += f" ({numbers['failed']} of {numbers['units']} failed: {numbers['reason']})"
    cut = numbers["units"] - numbers["failed"] - numbers["whole"]
    return [
        name,
        f"{numbers['step_ms']:.3g}",
        f"{numbers['passes']}{f' ({cut} cut short)' if cut else ''}",
        seconds(numbers["natural"]),
        seconds(numbers["quality"]),
        seconds(numbers["quality_apart"]),
        f"{numbers['share']:.0%}" if numbers["judged"] else "-",
        seconds(numbers.get("ratio", math.nan), "never"),
        seconds(numbers["end"]),
        seconds(numbers["contrast"]),
        f"{numbers['peak_mib'] / 1024:.1f}",
    ]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """Lines of Markdown."""
    cells = [head, ["---"] * len(head), *lines]
    return ["| " + " | ".join(cell.replace("|", "/") for cell in each) + " |" for each in cells]


def markdown(found: Mapping[str, Mapping[str, Any]], given: argparse.Namespace) -> str:
    """The whole report."""
    out = [
        "# Ours beside other tools",
        "",
        f"Made by `python -m benchmarks.peers`: up to {given.units} units a network, drawn with "
        f"seed {given.seed}; two threads each; a budget of {given.budget:g} s an ascent, the first "
        "step apart (Horama's 6,000 passes: 20 s). Definitions: [judge.py](judge.py). What each "
        "tool was told, and its tuned variant: [workers](workers). *Quality* is the median time "
        "over all units, compilation included, until 95 % of what Lucid's recipe reaches in 512 "
        "steps (Q), under transforms and at no more than its contrast; a unit that never gets "
        "there counts as infinite. Times are of the ascent alone: not of imports, loading or "
        "judging.",
        "",
        *(f"- {tool}: {packages(tool)}" for tool in PACKAGES),
        "",
    ]
    for network, tools in found.items():
        judged = max((numbers.get("judged", 0) for numbers in tools.values()), default=0)
        out += [f"## {network}", ""]
        if not judged:
            names = [name for name in tools if not name.endswith(" steps")]
            out += ["Random weights: only the time of a step counts.", ""]
            out += table(HEAD[:2], [line(name, tools[name])[:2] for name in names])
            out.append("")
            continue
        short = shortest(tools)
        units = max(numbers["units"] for numbers in tools.values())
        out += [f"{units} units, of which {judged} have a Q above gray.", ""]
        named = {}
        for name in tools:
            if not name.endswith(" steps"):
                named[name] = name
            if name == OURS and short:
                named[short] = f"{short}, the shortest recipe that gets there"
        out += table(HEAD, [line(words, tools[name]) for name, words in named.items()])
        recipes = [name for name in tools if name.endswith(" steps")]
        if recipes:
            out += ["", "Recipes of ours, by their number of steps:", ""]
            out += table(HEAD, [line(name, tools[name]) for name in recipes])
        out += ["", f"![Share of units over time]({Path(given.out).with_suffix('.png').name})", ""]
    return "\n".join(out)


def packages(tool: str) -> str:
    """The versions that a tool's environment is pinned to."""
    worker = tool.replace("-", "_")
    pinned = dict(
        text.split("==")
        for text in (REQUIREMENTS / f"{worker}.txt").read_text().splitlines()
        if "==" in text
    )
    return ", ".join(f"{name} {pinned[name]}" for name in PACKAGES[tool])
