"""``convscope attribute``: which parts of a photo drove the decision."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope.attribution.options import OWN, MapOptions, Request
from convscope.errors import refuse_unknown
from convscope.progress import Progress, part
from convscope.terminal import options, output, photo_files
from convscope.terminal.assignments import assignments
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room, objective_text
from convscope.terminal.groups import flattened
from convscope.terminal.options import Made, option
from convscope.terminal.progress import Stopped, progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.attribution.grid import Attributions
    from convscope.attribution.result import Attribution
    from convscope.images import Photo
    from convscope.networks.network import Network


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
    made = explain_each(photos, network, request, out, "maps", request.suffixes(), request.maps)
    photo_files.report(*made, photos, json, _print)


def explain_each(
    photos: Sequence["Photo"],
    network: options.NetworkOptions,
    request: Request,
    out: Path | None,
    many: str,
    suffixes: Sequence[str],
    make: Callable[["Network", "Photo", Progress], Made],
) -> tuple[list[tuple[Path, Made]], Stopped | None]:
    """Make the maps that are asked for of each photo, or what follows from them, and save it.

    ``many`` is a word for several maps in the files' names; ``make`` reports its own progress.
    """
    photo_files.paths(photos, out, request.ending(many), suffixes)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        paths = photo_files.paths(photos, out, request.ending(many, loaded), suffixes)

        def explain(each: "Photo", path: Path) -> Made:
            doing, place = f"Explaining {each.name}", paths.index(path)
            begin, end = place / len(photos), (place + 1) / len(photos)
            show(begin or None, doing)
            noted = network.noted(make(loaded, each, part(show, begin, end, doing)))
            noted.save(path)
            return noted

        return photo_files.make_each(photos, paths, explain)


def _print(path: Path, found: "Attribution | Attributions") -> None:
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


def _quoted(layer: object) -> str:
    from convscope.networks.units import quoted_apart

    return quoted_apart(str(layer))


ROOM = Room((attribute,), {"attribute": again, "attributions": several_again})
