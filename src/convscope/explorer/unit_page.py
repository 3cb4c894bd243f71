"""The page of a unit: its pictures and what is known of it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from convscope.atlas.facts import facts
from convscope.atlas.plan import EVIDENCE
from convscope.atlas.store import Store
from convscope.errors import InputError
from convscope.explorer.charts import histogram, history
from convscope.explorer.commands import commands_of_unit
from convscope.explorer.findings import Findings
from convscope.explorer.studio import Loaded
from convscope.explorer.tiles import Tile, strongest
from convscope.networks.units import Unit


def unit_page(loaded: Loaded, store: Store | None, address: str) -> dict[str, Any]:
    """Return what the page of a unit shows.

    Args:
        loaded: the network.
        store: its atlas.
        address: of one unit.

    Raises:
        InputError: the address is not one of a single unit.
        UnknownName: there is no such layer or class.
    """
    (unit,) = _one(loaded, address)
    entries = store.named(loaded.edition.name, str(unit)) if store else []
    entry = next((each for each in entries if each.seed == loaded.edition.recipe.seed), None)
    evidence = entry.evidence if entry else {}
    findings = Findings(loaded.folder)

    def asked(kind: str) -> dict[str, Any]:
        return findings.get(kind, {"unit": str(unit)})

    channels = loaded.network.layers[unit.layer].channels
    return {
        "unit": str(unit),
        "label": loaded.network.describe(unit),
        "layer": unit.layer,
        "key": entry.key if entry else "",
        "entry": entry,
        "facts": facts(entry) if entry else [],
        "note": evidence.get("note") or "",
        "why": evidence.get("why") or {},
        "more": _more(loaded, store, unit),
        "history": history(evidence.get("history") or []),
        "histogram": histogram(loaded.network, unit, entry.evidence["response"] if entry else None),
        "groups": _groups(loaded, store, evidence),
        "card": asked("card").get("findings", []),
        "exemplars": asked("exemplars").get("kinds", []),
        "photos": loaded.natural is not None,
        "kernels": asked("kernels").get("kernels"),
        "before": _beside(unit, -1, channels),
        "after": _beside(unit, 1, channels),
        "chance": _page(replace(unit, channel=random.randrange(channels))),
        **commands_of_unit(loaded, store, entry, str(unit)),
    }


def _one(loaded: Loaded, address: str) -> tuple[Unit]:
    found = loaded.network.units(address)
    if len(found) != 1 or found[0].channel is None:
        raise InputError.expected("one unit, such as layer:17", repr(address)[:80])
    return (found[0],)


def _more(loaded: Loaded, store: Store | None, unit: Unit) -> list[Tile]:
    """Return further pictures: of other seeds, and of the opposite."""
    found = []
    made = [one for name in EVIDENCE for one in EVIDENCE[name](unit, loaded.edition.recipe.seed)]
    keys = {one: loaded.edition.key(*one) for one in made}
    known = store.known(list(keys.values())) if store else set()
    for (other, seed), key in keys.items():
        opposite = other.negative != unit.negative
        name = "the opposite" if opposite else f"seed {seed}"
        label = f"{loaded.network.describe(unit)}, {name}"
        found.append(Tile(str(other), label, name, "", key if key in known else ""))
    return found


def _groups(loaded: Loaded, store: Store | None, evidence: Any) -> list[dict[str, Any]]:
    """Return the units that belong to this one: its inputs and outputs, and the nearest."""
    inputs, outputs = evidence.get("inputs") or {}, evidence.get("outputs") or {}
    listed = [
        ("Excited by", inputs.get("measure", ""), inputs.get("exciting")),
        ("Inhibited by", inputs.get("measure", ""), inputs.get("inhibiting")),
        ("Excites", outputs.get("measure", ""), outputs.get("exciting")),
        ("Inhibits", outputs.get("measure", ""), outputs.get("inhibiting")),
        ("Nearest by weights", "cosine of the kernels", evidence.get("nearest")),
        ("Nearest by responses", "correlation over natural pictures", evidence.get("alike")),
    ]
    return [
        {
            "title": f"{title} {_layers(named)}",
            "measure": measure,
            "near": title.startswith("Nearest"),
            "inputs": title.endswith(" by"),
            "tiles": strongest(loaded, store, named),
        }
        for title, measure, named in listed
        if named
    ]


def _layers(named: Sequence[Sequence[Any]]) -> str:
    """Return the layers that units are of, each once; colours are of none."""
    names = (str(name).rpartition(":")[0] for name, _ in named)
    return ", ".join(name for name in dict.fromkeys(names) if name)


def _beside(unit: Unit, by: int, channels: int) -> str:
    """Return the page of the unit before or after; '' at the ends of the layer."""
    channel = (unit.channel or 0) + by
    return _page(replace(unit, channel=channel)) if 0 <= channel < channels else ""


def _page(unit: Unit) -> str:
    return f"/unit/{quote(str(unit))}"
