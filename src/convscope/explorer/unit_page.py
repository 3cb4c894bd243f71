"""The page of a unit: its pictures and what is known of it."""

import random
from collections.abc import Sequence
from typing import Any

from convscope.atlas.entry import Entry
from convscope.atlas.facts import facts
from convscope.errors import InputError
from convscope.explorer.charts import histogram, history
from convscope.explorer.commands import commands_of_unit
from convscope.explorer.studio import Loaded
from convscope.explorer.subject import Shelf, Subject
from convscope.explorer.tiles import Tile, strongest
from convscope.networks.units import Unit


def unit_page(subject: Subject, store: Shelf | None, unit: Unit) -> dict[str, Any]:
    """Return what the page of a unit shows.

    Args:
        subject: the network.
        store: its atlas.
        unit: one of its channels or neurons.
    """
    entry = entry_of(subject, store, unit)
    evidence = entry.evidence if entry else {}

    def asked(kind: str) -> dict[str, Any]:
        return subject.found(kind, {"unit": str(unit)})

    before, after = subject.beside(unit, -1), subject.beside(unit, 1)
    return {
        "unit": str(unit),
        "label": subject.describe(unit),
        "layer": unit.layer,
        "key": entry.key if entry else "",
        "entry": entry,
        "facts": facts(entry) if entry else [],
        "note": evidence.get("note") or "",
        "why": evidence.get("why") or {},
        "more": _more(subject, store, unit),
        "history": history(evidence.get("history") or []),
        "histogram": histogram(
            subject.statistics, unit, entry.evidence["response"] if entry else None
        ),
        "groups": _groups(subject, store, evidence),
        "card": asked("card").get("findings", []),
        "exemplars": asked("exemplars").get("kinds", []),
        "photos": bool(subject.photos),
        "kernels": asked("kernels").get("kernels"),
        "before": str(before) if before else "",
        "after": str(after) if after else "",
        "chance": str(random.choice(subject.units(unit.layer))),
        "second": "",
        **commands_of_unit(subject, store, entry, str(unit)),
    }


def one_unit(loaded: Loaded, address: str) -> Unit:
    """Return the unit that an address names.

    Raises:
        InputError: the address is not one of a single unit.
        UnknownName: there is no such layer or class.
    """
    found = loaded.network.units(address)
    if len(found) != 1 or found[0].channel is None:
        raise InputError.expected("one unit, such as layer:17", repr(address)[:80])
    return found[0]


def entry_of(
    subject: Subject, store: Shelf | None, unit: Unit, seed: int | None = None
) -> Entry | None:
    """Return what is known of a unit's picture of a seed, the first one by default."""
    entries = store.named(subject.edition.name, str(unit)) if store else []
    wanted = subject.seed(unit) if seed is None else seed
    return next((each for each in entries if each.seed == wanted), None)


def _more(subject: Subject, store: Shelf | None, unit: Unit) -> list[Tile]:
    """Return further pictures: of other seeds, and of the opposite."""
    found, label = [], subject.describe(unit)
    keys = {one: subject.edition.key(*one) for one in subject.further(unit)}
    known = store.known(list(keys.values())) if store else set()
    for (other, seed), caption in subject.further(unit).items():
        key = keys[other, seed]
        told = f"{label}, {caption}"
        found.append(Tile(str(other), told, caption, "", key if key in known else ""))
    return found


def _groups(subject: Subject, store: Shelf | None, evidence: Any) -> list[dict[str, Any]]:
    """Return the units that belong to this one: its inputs and outputs, and the nearest."""
    inputs, outputs = evidence.get("inputs") or {}, evidence.get("outputs") or {}
    listed = [
        ("Excited by", inputs.get("measure", ""), inputs.get("exciting")),
        ("Inhibited by", inputs.get("measure", ""), inputs.get("inhibiting")),
        ("Excites", outputs.get("measure", ""), outputs.get("exciting")),
        ("Inhibits", outputs.get("measure", ""), outputs.get("inhibiting")),
        ("Nearest by weights in", "cosine of the kernels", evidence.get("nearest")),
        ("Nearest by responses in", "correlation over natural pictures", evidence.get("alike")),
    ]
    return [
        {
            "title": f"{title} {_layers(named)}",
            "measure": measure,
            "near": title.startswith("Nearest"),
            "inputs": title.endswith(" by"),
            "tiles": strongest(subject, store, named),
        }
        for title, measure, named in listed
        if named
    ]


def _layers(named: Sequence[Sequence[Any]]) -> str:
    """Return the layers that units are of, each once; colours are of none."""
    names = (str(name).rpartition(":")[0] for name, _ in named)
    return ", ".join(name for name in dict.fromkeys(names) if name)
