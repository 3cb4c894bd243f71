"""The page that compares two things: units, photos, or moments of ascents."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from convscope.atlas.facts import facts
from convscope.atlas.store import Store
from convscope.errors import InputError, UnknownName
from convscope.explorer.dreams import Dream
from convscope.explorer.findings import Findings
from convscope.explorer.photos import named
from convscope.explorer.studio import Loaded

Side = dict[str, Any]

KINDS = "unit:ADDRESS, photo:NAME or dream:NAME/STEP"


def compare_page(loaded: Loaded, store: Store | None, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page that compares shows.

    Args:
        loaded: the network.
        store: its atlas.
        query: 'a' and 'b': 'unit:ADDRESS' (or 'unit:ADDRESS;SEED'), 'photo:NAME', or
            'dream:NAME/STEP'.

    Raises:
        InputError: something is missing, or is of no such kind.
        UnknownName: it is not there.
    """
    sides = [_side(loaded, store, query.get(name, "")) for name in ("a", "b")]
    shared = [name for name, _ in sides[0]["facts"] if name in dict(sides[1]["facts"])]
    rows = [(name, *(dict(side["facts"])[name] for side in sides)) for name in shared]
    return {"sides": sides, "rows": rows, "a": query.get("a", ""), "b": query.get("b", "")}


def _side(loaded: Loaded, store: Store | None, text: str) -> Side:
    kind, _, name = text.partition(":")
    if kind not in _SIDES or not name:
        raise InputError.expected(f"two things as a and b, each {KINDS}", repr(text)[:80])
    return _SIDES[kind](loaded, store, name)


def _of_unit(loaded: Loaded, store: Store | None, name: str) -> Side:
    address, _, asked = name.partition(";")
    (unit, *more) = loaded.network.units(address)
    if more:
        raise InputError.expected("one unit", repr(address)[:80])
    entries = store.named(loaded.edition.name, str(unit)) if store else []
    seed = int(asked) if re.fullmatch(r"\d{1,9}", asked) else loaded.edition.recipe.seed
    entry = next((each for each in entries if each.seed == seed), None)
    label = loaded.network.describe(unit)
    return {
        "title": f"{label}, seed {seed}" if asked else label,
        "page": f"/unit/{quote(str(unit))}",
        "picture": f"/api/pictures/{entry.key}.webp" if entry else "",
        "unit": str(unit),
        "facts": facts(entry) if entry else [],
    }


def _of_photo(loaded: Loaded, store: Store | None, name: str) -> Side:
    kept = named(loaded, name)
    seen = Findings(loaded.folder).get("layers", {"photo": name})
    picture = f"/api/findings/{seen['photo']}.png" if seen else f"/api/photos/{name}.png"
    top = enumerate(seen.get("top", []), 1)
    told = [(f"{place}.", f"{label}, {share:.1%}") for place, (label, _, share) in top]
    return {
        "title": kept.title,
        "page": f"/photo/{name}",
        "picture": picture,
        "unit": "",
        "facts": told,
    }


def _of_dream(loaded: Loaded, store: Store | None, name: str) -> Side:
    folder, _, text = name.partition("/")
    dream = Dream.named(loaded.folder, folder)
    step = int(text) if re.fullmatch(r"\d{1,5}", text) else (dream.count - 1 if dream else 0)
    if dream is None or not dream.frame(step).is_file():
        raise UnknownName("There is no such moment of an ascent here.")
    numbers = dream.numbers
    row = numbers[step] if step < len(numbers) else {"top": []}
    told = [("Score", f"{row['score']:.4g}")] if "score" in row else []
    told += [
        (f"{place}.", f"{label}, {share:.1%}") for place, (label, share) in enumerate(row["top"], 1)
    ]
    return {
        "title": f"{dream.about['label']}, step {step}",
        "page": f"/dream/{folder}?step={step}",
        "picture": f"/api/dreams/{folder}/frames/{step}.webp",
        "unit": "",
        "facts": told,
    }


_SIDES: dict[str, Callable[[Loaded, Store | None, str], Side]] = {
    "unit": _of_unit,
    "photo": _of_photo,
    "dream": _of_dream,
}
