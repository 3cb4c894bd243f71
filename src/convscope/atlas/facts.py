"""What was measured of a picture, as words with their values."""

from collections.abc import Mapping
from typing import Any

from convscope.atlas.entry import Entry
from convscope.networks.words import Control


def facts(entry: Entry) -> list[tuple[str, str]]:
    """Return what is known of a unit's picture, as pairs of a name and a text.

    Args:
        entry: of the first picture of the unit.
    """
    evidence = entry.evidence
    standing, selectivity = evidence.get("standing"), evidence.get("selectivity")
    told = [("Response", f"{_said(evidence['response'])}, before the activation function")]
    if standing:
        over = (
            f"beyond every one of {standing['count']:,} natural pictures"
            if standing["reach"] > 1
            else f"above {standing['below']:.1%} of {standing['count']:,} natural pictures"
        )
        scale = "0 is their middle, 1 the highest of them"
        told.append(("Reach", f"{standing['reach']:.2f}: {over}; {scale}"))
        told.append(
            ("Silent", "yes: almost no natural picture excites it" if standing["silent"] else "no")
        )
    if selectivity:
        told.append(
            (
                "Selectivity",
                f"rank {selectivity['rank']} of {selectivity['units']} units for this picture, at "
                f"z = {selectivity['z']:.1f}; next: {selectivity['next']}",
            )
        )
    words = evidence.get("words")
    if words:
        told.append(("In words", _worded(words)))
    told.append(("Contrast", _said(evidence["contrast"])))
    told.append(("Seed", str(entry.seed)))
    return told


def _worded(words: Mapping[str, Any]) -> str:
    """Return a unit in words, and what an untrained network's units get."""
    control = words["untrained"]
    return words["says"] + (f"; {Control(**control)}" if control else "")


def _said(number: float | None) -> str:
    return "not a number" if number is None else f"{number:.4g}"
