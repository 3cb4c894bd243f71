"""``Side``: one of two things that are compared, as it is now."""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from convscope.atlas.facts import facts
from convscope.atlas.store import Store
from convscope.brief import Brief
from convscope.errors import InputError, UnknownName
from convscope.explorer.commands import commands_of_ascent, commands_of_unit
from convscope.explorer.dreams import Dream
from convscope.explorer.findings import Findings
from convscope.explorer.photos import named
from convscope.explorer.studio import Loaded
from convscope.explorer.unit_page import entry_of, one_unit

KINDS = "unit:ADDRESS, photo:NAME or dream:NAME/STEP"
SECOND = "second:"  # before what is looked at in the second network


@dataclass(frozen=True, eq=False)
class Side(Brief):
    """One of two things that are compared.

    Args:
        kind: 'unit', 'photo' or 'dream'.
        of: the network that it is looked at in.
        name: of the unit, the photo or the ascent's frame.
        title: what it is called.
        page: the address of its page; '' if there is none.
        picture: the address of its picture; '' if it is not made yet.
        facts: what is known of it, as pairs of a name and a text.
        is_known: whether nothing of it is still to be computed.
        commands: what makes it, as ``commands`` gives it; empty for a photo.
    """

    kind: str
    of: Loaded
    name: str
    title: str
    page: str
    picture: str
    facts: list[tuple[str, str]]
    is_known: bool
    commands: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def _brief(self) -> str:
        return f"{self.title} in {self.of.network.name}"


def side(loaded: Loaded, text: str) -> Side:
    """Return one side of a comparison.

    Args:
        loaded: the network.
        text: 'unit:ADDRESS' (or 'unit:ADDRESS;SEED'), 'photo:NAME' or 'dream:NAME/STEP'; with
            'second:' before it, a unit or photo in the second network.

    Raises:
        InputError: it is of no such kind, or there is no second network.
        UnknownName: it is not there.
    """
    is_second = text.startswith(SECOND)
    kind, _, name = text.removeprefix(SECOND).partition(":")
    if kind not in _SIDES or not name or (is_second and kind == "dream"):
        raise InputError.expected(
            f"two things as a and b, each {KINDS}, or with second: before a unit or photo",
            repr(text)[:80],
        )
    of = loaded.second if is_second else loaded
    if of is None:
        raise InputError.expected(
            "a second network beside this one", "none", "Try: convscope explore with --second."
        )
    with of.store() or nullcontext() as store:
        return _SIDES[kind](loaded, of, store, name)


def _of_unit(loaded: Loaded, of: Loaded, store: Store | None, name: str) -> Side:
    address, _, asked = name.partition(";")
    unit = one_unit(of, address)
    seed = int(asked) if re.fullmatch(r"\d{1,9}", asked) else of.edition.recipe.seed
    entry, label = entry_of(of, store, unit, seed), of.describe(unit)
    return Side(
        kind="unit",
        of=of,
        name=f"{unit};{seed}",
        title=f"{label}, seed {seed}" if asked else label,
        page=f"/unit/{quote(str(unit))}" if of is loaded else "",
        picture=f"/api/pictures/{entry.key}.webp" if entry else "",
        facts=facts(entry) if entry else [],
        is_known=entry is not None,
        commands=commands_of_unit(of, store, entry, str(unit)),
    )


def _of_photo(loaded: Loaded, of: Loaded, store: Store | None, name: str) -> Side:
    kept = named(loaded, name)
    seen = Findings(of.folder).get("layers", {"photo": name})
    top = enumerate(seen.get("top", []), 1)
    return Side(
        kind="photo",
        of=of,
        name=name,
        title=kept.title,
        page=f"/photo/{name}" if of is loaded else "",
        picture=f"/api/findings/{seen['photo']}.png" if seen else f"/api/photos/{name}.png",
        facts=[(f"{place}.", f"{label}, {share:.1%}") for place, (label, _, share) in top],
        is_known=bool(seen),
    )


def _of_dream(loaded: Loaded, of: Loaded, store: Store | None, name: str) -> Side:
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
    return Side(
        kind="dream",
        of=of,
        name=name,
        title=f"{dream.about['label']}, step {step}",
        page=f"/dream/{folder}?step={step}",
        picture=f"/api/dreams/{folder}/frames/{step}.webp",
        facts=told,
        is_known=True,
        commands=commands_of_ascent(loaded, dream.about["request"]),
    )


_SIDES: dict[str, Callable[[Loaded, Loaded, Store | None, str], Side]] = {
    "unit": _of_unit,
    "photo": _of_photo,
    "dream": _of_dream,
}
