"""The page of an ascent, as far as it is."""

from collections.abc import Mapping
from typing import Any

from convscope.atlas.store import Store
from convscope.errors import ConvscopeError, UnknownName
from convscope.explorer.dream_work import filming_of
from convscope.explorer.dreams import Dream
from convscope.explorer.studio import Loaded
from convscope.films.command import again, animate
from convscope.films.formats import FORMATS
from convscope.networks.provenance import source
from convscope.terminal.command_line import Notes, network_pairs
from convscope.terminal.record import Record


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
        **_commands(loaded, about["request"]),
    }


def _commands(loaded: Loaded, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the command and the Python that make the film of an ascent."""
    notes = Notes()
    python = f"cs.animate(network, {request['what']!r}, seed={request['seed']}, "
    python += f"steps={request['steps']}" + (", start='PHOTO')" if request.get("start") else ")")
    try:
        filming = filming_of(loaded, request)
        start = {"start": "PHOTO", "strength": str(filming.strength)} if filming.start else {}
        values = {
            "convscope": "animate",
            "objective": str(filming.goal),
            "size": "{}x{}".format(*filming.canvas.size),
            "recipe": filming.recipe.as_json(),
            **start,
            **source(loaded.network),
        }
        record = Record(values)
        command = str(again(record, notes).with_options(network_pairs(record, animate, notes)))
    except ConvscopeError as error:
        command = ""
        notes.add("{error}", error=str(error))
    if request.get("start"):
        notes.add("PHOTO is the photo that it began from.")
    return {"command": command, "python": python, "remarks": notes.lines}
