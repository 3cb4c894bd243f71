"""The command and the Python that make what a page shows."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from convscope.atlas.entry import Entry
from convscope.atlas.store import Store
from convscope.attribution.command import attribute
from convscope.errors import ConvscopeError
from convscope.explorer.dream_work import filming_of
from convscope.explorer.studio import Loaded
from convscope.films.command import again as film_again
from convscope.films.command import animate
from convscope.maximization.command import again, maximize
from convscope.networks.provenance import source
from convscope.terminal import record
from convscope.terminal.command_line import CommandLine, Notes, network_pairs
from convscope.terminal.record import Record

NOTHING: Mapping[str, Any] = MappingProxyType({})


def commands_of_unit(
    loaded: Loaded, store: Store | None, entry: Entry | None, unit: str
) -> dict[str, Any]:
    """Return the command and the Python that make the picture of a unit, with remarks."""

    def command(notes: Notes) -> CommandLine:
        if store and entry:
            found = _of(loaded, record.read(store.path(entry.key)))
            return again(found, notes).with_options(network_pairs(found, maximize, notes))
        asked = _of(loaded)
        return CommandLine("maximize", (unit,)).with_options(network_pairs(asked, maximize, notes))

    python = f"cs.maximize(network, {unit!r}, seed={loaded.edition.recipe.seed})"
    return _told(command, python)


def commands_of_photo(loaded: Loaded, title: str, target: str) -> dict[str, Any]:
    """Return the command and the Python that explain a decision about a photo, with remarks."""

    def command(notes: Notes) -> CommandLine:
        notes.add("The explorer keeps of {title} the pixels that the network sees.", title=title)
        options = [("--target", target)] if target else []
        made = CommandLine("attribute", (title,), tuple(options))
        return made.with_options(network_pairs(_of(loaded), attribute, notes))

    python = f"cs.attribute(network, {title!r}" + (f", {target!r})" if target else ")")
    return _told(command, python)


def commands_of_ascent(loaded: Loaded, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the command and the Python that make the film of an ascent, with remarks."""

    def command(notes: Notes) -> CommandLine:
        filming = filming_of(loaded, request)
        start = {"start": "PHOTO", "strength": str(filming.strength)} if filming.start else {}
        values = {
            "objective": str(filming.goal),
            "size": "{}x{}".format(*filming.canvas.size),
            "recipe": filming.recipe.as_json(),
            **start,
        }
        if start:
            notes.add("PHOTO is the photo that it began from.")
        asked = _of(loaded, values)
        return film_again(asked, notes).with_options(network_pairs(asked, animate, notes))

    python = f"cs.animate(network, {request['what']!r}, seed={request['seed']}, "
    python += f"steps={request['steps']}" + (", start='PHOTO')" if request.get("start") else ")")
    return _told(command, python)


def _of(loaded: Loaded, values: Mapping[str, Any] = NOTHING) -> Record:
    """Return a record of the network, with the options that load it."""
    options = {"options": loaded.options} if loaded.options else {}
    return Record({**source(loaded.network), **values, **options})


def _told(make: Callable[[Notes], CommandLine], python: str) -> dict[str, Any]:
    """Return what a page shows; a command that cannot be made says why."""
    notes = Notes()
    try:
        command = str(make(notes))
    except ConvscopeError as error:
        command = ""
        notes.add("{error}", error=str(error))
    return {"command": command, "python": python, "remarks": notes.lines}
