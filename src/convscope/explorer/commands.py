"""The command and the Python that make what a page shows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from convscope.atlas.edition import OWN
from convscope.atlas.entry import Entry
from convscope.attribution.command import attribute
from convscope.errors import ConvscopeError
from convscope.explorer.dream_work import filming_of
from convscope.explorer.studio import Loaded
from convscope.explorer.subject import Shelf, Subject
from convscope.films.command import again as film_again
from convscope.films.command import animate
from convscope.maximization.command import again, maximize
from convscope.maximization.options import recipe_pairs
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.units import Unit
from convscope.terminal import record
from convscope.terminal.command_line import CommandLine, Notes, network_pairs
from convscope.terminal.record import Record

NOTHING: Mapping[str, Any] = MappingProxyType({})


def commands_of_pictures(subject: Subject, *units: str) -> dict[str, Any]:
    """Return the command and the Python that make the pictures of many units, with remarks.

    Args:
        subject: the network.
        *units: addresses; all channels of all convolutions, and all classes, if there are none.
    """
    edition = subject.edition
    size = None if edition.size == subject.description.size else edition.shown_size

    asked = subject.record({"recipe": edition.recipe.as_json()})

    def command(notes: Notes) -> CommandLine:
        given = network_pairs(asked, maximize, notes)
        model = dict(given).get("--model") or EMBEDDED
        network = [pair for pair in given if pair[0] != "--model"]
        sized = [("--size", size)] if size else []
        natural = [("--natural", subject.photos)] if subject.photos else []
        if edition.natural not in ("", OWN) and not subject.photos:
            notes.add("The pictures were compared with somebody's photos: --natural names them.")
        pairs = (*network, *sized, *recipe_pairs(asked), *natural, ("--out", "atlas"))
        return CommandLine("atlas", ("build", model, *units), pairs)

    named = "".join(f", {unit!r}" for unit in units)
    natural = f", natural={subject.photos!r}" if subject.photos else ""
    sized = f", size={size!r}" if size else ""
    python = f'cs.build_atlas(network, "atlas"{named}{natural}{sized}{_settings(asked)})'
    return _told(command, python)


def commands_of_unit(
    subject: Subject, store: Shelf | None, entry: Entry | None, unit: str
) -> dict[str, Any]:
    """Return the command and the Python that make the picture of a unit, with remarks."""

    def command(notes: Notes) -> CommandLine:
        if store and entry:
            found = subject.record(record.read(store.path(entry.key)))
            return again(found, notes).with_options(network_pairs(found, maximize, notes))
        asked = subject.record({})
        return CommandLine("maximize", (unit,)).with_options(network_pairs(asked, maximize, notes))

    edition = subject.edition
    recipe = {**edition.recipe.as_json(), "seed": subject.seed(Unit.parse(unit))}
    size = "" if edition.size == subject.description.size else f", size={edition.shown_size!r}"
    settings = _settings(Record({"recipe": recipe}))
    python = f"cs.maximize(network, {unit!r}{size}{settings})"
    return _told(command, python)


def commands_of_photo(loaded: Loaded, title: str, target: str) -> dict[str, Any]:
    """Return the command and the Python that explain a decision about a photo, with remarks."""

    def command(notes: Notes) -> CommandLine:
        notes.add("The explorer keeps of {title} the pixels that the network sees.", title=title)
        options = [("--target", target)] if target else []
        made = CommandLine("attribute", (title,), tuple(options))
        return made.with_options(network_pairs(loaded.record({}), attribute, notes))

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
        asked = loaded.record(values)
        return film_again(asked, notes).with_options(network_pairs(asked, animate, notes))

    python = f"cs.animate(network, {request['what']!r}, seed={request['seed']}, "
    python += f"steps={request['steps']}" + (", start='PHOTO')" if request.get("start") else ")")
    return _told(command, python)


def _settings(asked: Record) -> str:
    """Return the settings of a recipe as further arguments in Python."""
    pairs = [(name, value) for name, value in recipe_pairs(asked) if name != "--recipe"]
    return "".join(
        f", {name[2:].replace('-', '_')}={_literal(str(value))}" for name, value in pairs
    )


def _literal(text: str) -> str:
    """Return a setting as Python writes it: a number, or else a text."""
    try:
        float(text)
    except ValueError:
        return repr(text)
    return text


def _told(make: Callable[[Notes], CommandLine], python: str) -> dict[str, Any]:
    """Return what a page shows; a command that cannot be made says why."""
    notes = Notes()
    try:
        line = make(notes)
        if ("--recipe", "") in line.options:  # settings that no option states
            notes.add("PICTURE is the file of the picture, which has all settings in it.")
        pairs = (
            ("--recipe", "PICTURE") if pair == ("--recipe", "") else pair for pair in line.options
        )
        command = str(replace(line, options=tuple(pairs)))
    except ConvscopeError as error:
        command = ""
        notes.add("{error}", error=str(error))
    return {"command": command, "python": python, "remarks": notes.lines}
