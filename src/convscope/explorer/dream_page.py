"""The page of an ascent, as far as it is."""

from collections.abc import Mapping
from typing import Any

from convscope.atlas.store import Store
from convscope.errors import UnknownName
from convscope.explorer.commands import commands_of_ascent
from convscope.explorer.dreams import Dream
from convscope.explorer.studio import Loaded
from convscope.films.formats import FORMATS


def dream_page(
    loaded: Loaded, store: Store | None, name: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of an ascent shows.

    Args:
        loaded: the network.
        store: its atlas.
        name: of the ascent.
        query: 'step', the frame to show; the last one by default.

    Raises:
        UnknownName: there is no such ascent.
    """
    found = Dream.named(loaded.folder, name)
    if found is None:
        raise UnknownName("There is no such ascent here.")
    about, numbers = found.about, found.numbers
    last = max(0, found.count - 1)
    asked = query.get("step", "")
    step = min(last, int(asked)) if asked.isdecimal() and len(asked) < 9 else last
    row = numbers[step] if step < len(numbers) else None
    return {
        "name": name,
        "label": about.get("label", name),
        "request": about["request"],
        "unit": about["request"]["what"],
        "total": about.get("total", last),
        "state": about.get("state", ""),
        "last": last,
        "step": step,
        "empty": not found.count,
        "row": row,
        "layers": about.get("layers", []),
        "formats": list(FORMATS),
        **commands_of_ascent(loaded, about["request"]),
    }
