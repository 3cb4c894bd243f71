"""The command and the Python that make what a page shows."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from convscope.atlas.edition import OWN
from convscope.atlas.entry import Entry
from convscope.attribution.command import attribute
from convscope.comparison.command import again as compare_again
from convscope.comparison.command import compare
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
    sized = f", size={edition.size!r}" if size else ""
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
    size = "" if edition.size == subject.description.size else f", size={edition.size!r}"
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


def commands_of_comparison(
    loaded: Loaded, photo: str, other: str, second: Loaded | None, of: Loaded
) -> dict[str, Any]:
    """Return the command and the Python that tell how two photos or networks differ.

    Args:
        loaded: the network of the first side.
        photo: the title of its photo.
        other: the title of the other photo.
        second: another network that sees the same photo; None to compare two photos.
        of: the network of the other side.
    """

    def command(notes: Notes) -> CommandLine:
        notes.add("The explorer keeps of a photo the pixels that the network sees.")
        given = {"second": of.network.name, "second digest": of.network.digest}
        if of.options or of.network.name == EMBEDDED:
            given["second options"] = _as_second(of)
        further = given if second else {"other": other}
        values = {"photo": photo, "layers": "all convolutions", "count": "2", **further}
        asked = loaded.record(values)
        return compare_again(asked, notes).with_options(network_pairs(asked, compare, notes))

    python = f"cs.compare(network, {photo!r}, {'second' if second else repr(other)})"
    return _told(command, python)


def _as_second(loaded: Loaded) -> str:
    """Return the options of a network as those of a second one."""
    words = shlex.split(loaded.options)
    model = [] if "--model" in words else ["--second", EMBEDDED]
    names = {"--model": "--second", "--preprocessing": "--second-preprocessing"}
    names["--labels"] = "--second-labels"
    return shlex.join([*model, *(names.get(word, word) for word in words)])


def commands_of_sides(made: Sequence[tuple[Mapping[str, Any], bool]]) -> dict[str, Any]:
    """Return the commands of two sides as those of a page.

    Args:
        made: the command, the Python and the remarks of each side, and whether it is of the second
            network.
    """
    remarks = [text for each, _ in made for text in each["remarks"]]
    pythons = [
        each["python"].replace("(network,", "(second,", 1) if is_second else each["python"]
        for each, is_second in made
    ]
    return {
        "command": "\n".join(filter(None, (each["command"] for each, _ in made))),
        "python": "\n".join(pythons),
        "remarks": list(dict.fromkeys(remarks)),
    }


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
