"""The page that compares two things: units, photos, moments of ascents, or two networks."""

from collections.abc import Mapping
from typing import Any

from convscope.atlas.store import Store
from convscope.explorer.commands import commands_of_comparison, commands_of_sides
from convscope.explorer.findings import Findings
from convscope.explorer.sides import SECOND, Side, side
from convscope.explorer.studio import Loaded


def compare_page(loaded: Loaded, store: Store | None, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page that compares shows.

    Args:
        loaded: the network.
        store: its atlas.
        query: 'a' and 'b', each as ``side`` takes it.

    Raises:
        InputError: something is missing, or is of no such kind.
        UnknownName: it is not there.
    """
    a, b = query.get("a", ""), query.get("b", "")
    one, other = side(loaded, a), side(loaded, b)
    shared = [name for name, _ in one.facts if name in dict(other.facts)]
    names = (one.of.network.name, other.of.network.name) if one.of is not other.of else None
    return {
        "sides": (one, other),
        "titles": [_title(each, names is not None) for each in (one, other)],
        "names": names,
        "rows": [(name, dict(one.facts)[name], dict(other.facts)[name]) for name in shared],
        "differences": differences_of(loaded, one, other),
        "unasked": is_unasked(loaded, one, other),
        "a": a,
        "b": b,
        **_commands(loaded, one, other),
    }


def can_differ(one: Side, other: Side) -> bool:
    """Whether the differences of two sides can be told: two photos, or one in two networks."""
    photos = one.kind == other.kind == "photo"
    return photos and (one.name == other.name) == (one.of is not other.of)


def request_of(loaded: Loaded, one: Side, other: Side) -> dict[str, str]:
    """Return what the differences of two sides are kept under."""
    second = loaded.second.edition.name if loaded.second else ""
    words = [("" if each.of is loaded else SECOND) + each.name for each in (one, other)]
    return {"a": words[0], "b": words[1], "second": second}


def differences_of(loaded: Loaded, one: Side, other: Side) -> dict[str, Any]:
    """Return the differences that were found; empty if there are none yet."""
    if not can_differ(one, other):
        return {}
    return Findings(loaded.folder).get("differences", request_of(loaded, one, other))


def is_unasked(loaded: Loaded, one: Side, other: Side) -> bool:
    """Whether something is still to be computed."""
    told = not can_differ(one, other) or bool(differences_of(loaded, one, other))
    return not (one.is_known and other.is_known and told)


def _title(each: Side, is_named: bool) -> str:
    return f"{each.title} in {each.of.network.name}" if is_named else each.title


def _commands(loaded: Loaded, one: Side, other: Side) -> dict[str, Any]:
    if can_differ(one, other):
        second = loaded.second if one.of is not other.of else None
        return commands_of_comparison(one.of, one.title, other.title, second, other.of)
    made = [(each.commands, each.of is not loaded) for each in (one, other) if each.commands]
    return commands_of_sides(made)
