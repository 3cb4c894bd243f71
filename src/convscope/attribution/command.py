"""``convscope attribute``: which parts of a photo drove the decision."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope.attribution.options import OWN, MapOptions
from convscope.errors import refuse_unknown
from convscope.progress import part
from convscope.terminal import options, output, photo_files
from convscope.terminal.assignments import assignments
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room, objective_text
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.images import Photo


@flattened
def attribute(
    photo: options.Photos,
    network: options.NetworkOptions,
    maps: MapOptions,
    out: Annotated[
        Path | None,
        option(
            "FILE|FOLDER",
            "A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .json; of "
            "several photos a folder. Default: PHOTO-METHOD.png here, or PHOTO-maps.png of "
            "several maps.",
        ),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Show which parts of a photo speak for a unit, and which speak against it.

    Prints the figure's path, the unit, and the method with its score. After Ctrl-C the photos that
    are finished stay. 'convscope evaluate' says which map to believe.
    """
    photos = photo_files.read(photo)
    request = maps.read()
    suffixes = request.suffixes()
    photo_files.paths(photos, out, request.ending("maps"), suffixes)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        paths = photo_files.paths(photos, out, request.ending("maps", loaded), suffixes)
        done: list[Path] = []

        def explain(each: "Photo", path: Path) -> Any:
            doing = f"Explaining {each.name}"
            show(len(done) / len(photos) or None, doing)
            begin, end = (at / len(photos) for at in (len(done), len(done) + 1))
            found = request.maps(loaded, each, part(show, begin, end, doing))
            noted = network.noted(found)
            noted.save(path)
            done.append(path)
            return noted

        made, stopped = photo_files.make_each(photos, paths, explain)
    if json:
        output.as_several([{"path": str(path), **found.record()} for path, found in made], photos)
    else:
        for path, found in made:
            _print(path, found)
    if stopped:
        raise stopped


def _print(path: Path, found: Any) -> None:
    """The path, and what is in the file."""
    from convscope.attribution.result import Attribution

    if isinstance(found, Attribution):
        output.lines([(str(path), found.label, found.caption(), found.note)])
        return
    output.line(str(path))
    output.lines(
        (f"  {name}", each.caption(), each.note)
        for name, each in zip(found.names, found, strict=True)
    )
    output.lines((f"  {name}", f"left out: {why}") for name, why in found.left_out.items())


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of one map."""
    from convscope.attribution.methods.table import METHODS

    name = record.text("method")
    refuse_unknown("method", [name], METHODS)
    method = METHODS[name]
    # What a method chose itself is no setting of it, unless it can be stated.
    stated = record.table("settings").settings(method.settings)
    changed = {key: value for key, value in stated.items() if value != method.settings[key]}
    pairs = (("--target", objective_text(record.text("target"))), ("--method", name))
    more = (("--seed", record.whole("seed")), *_setting_pairs(changed))
    return CommandLine("attribute", (record.text("photo"),), (*pairs, *more))


def several_again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of several maps."""
    asked = record.table("asked")
    pairs: list[Pair] = [("--target", objective_text(target)) for target in asked.texts("targets")]
    pairs.append(("--method", ",".join(asked.texts("methods"))))
    pairs += [("--layer", _quoted(layer)) for layer in asked.texts("layers")]
    pairs.append(("--seed", asked.whole("seed")))
    pairs += _setting_pairs(asked.table("settings").settings())
    return CommandLine("attribute", (record.text("photo"),), tuple(pairs))


def assigned_pairs(option: str, settings: Mapping[str, Any]) -> list[Pair]:
    """Return an option NAME=VALUE for each setting."""
    return [(option, word) for word in assignments(option, settings)[1::2]]


def _setting_pairs(settings: Mapping[str, Any]) -> list[Pair]:
    """Settings by their own options, or else by --set."""
    own = {name: settings[name] for name in OWN if settings.get(name) is not None}
    others = {name: value for name, value in settings.items() if name not in own}
    if "layer" in own:
        own["layer"] = _quoted(own["layer"])
    return [
        *((f"--{name}", str(value)) for name, value in own.items()),
        *assigned_pairs("--set", others),
    ]


def _quoted(layer: Any) -> str:
    from convscope.networks.units import quoted_apart

    return quoted_apart(str(layer))


ROOM = Room((attribute,), {"attribute": again, "attributions": several_again})
