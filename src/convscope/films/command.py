"""``convscope animate``: how a network changes a picture into what it wants to see."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from convscope.maximization.options import RecipeOptions, Size, recipe_pairs, size_pairs
from convscope.terminal import destinations, options, output, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room, objectives
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, flag, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.films.result import Film
    from convscope.images import Photo
    from convscope.maximization.ascent import Step
    from convscope.objectives import Objective


@flattened
def animate(
    what: Annotated[
        str,
        argument(
            "UNIT", "What to maximize: predictions:bee, block5_conv3:17, or an objective in quotes."
        ),
    ],
    network: options.NetworkOptions,
    recipe: RecipeOptions,
    start: Annotated[
        list[Path] | None,
        option(
            "PHOTO|FOLDER",
            "Begin with a photo; repeated, or of a folder of photos, a film each. Default: "
            "with noise.",
            "--from",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        option(
            "FILE",
            "A film as .gif, .webp, .mp4 or .webm, a strip of stills as .png, or the numbers "
            "as .csv; with several photos, a folder. Default: UNIT.gif, or UNIT-from-PHOTO.gif for "
            "several.",
        ),
    ] = None,
    strength: Annotated[
        float | None, option("X", "How far a photo may be changed, above 0 and at most 1.")
    ] = None,
    frames: Annotated[int | None, option("N", "The largest number of frames.")] = None,
    plain: Annotated[
        bool, flag("--plain", "The picture alone, without the numbers beside it.")
    ] = False,
    size: Size = None,
    json: options.AsJson = False,
) -> None:
    """Film how a network changes a picture, with class probabilities beside every frame.

    Prints the film's path, its unit and its number of frames.
    """
    from convscope.films.animate import animate as make_film
    from convscope.films.formats import FORMATS, beside, checked
    from convscope.maximization.task import network_stem
    from convscope.objectives import parse

    goal = parse(what)
    photos = photo_files.read(start or [])
    base, stated = recipe.read()
    film_settings = options.given(size=options.shaped(size), strength=strength, frames=frames)
    if out and len(photos) < 2 and not (photos and out.is_dir()):
        destinations.ready(out, FORMATS, beside)
        checked(out)
    elif photos:
        photo_files.paths(photos, out, ".gif", FORMATS, beside=beside)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        (found, *_) = goal.resolved(loaded)
        begun = network_stem(found, loaded)
        ending = "".join(f"-{word}" for word in recipe.words_of_name()) + ".gif"
        if photos:
            paths = photo_files.paths(photos, out, ending, FORMATS, f"{begun}-from-", beside)
        else:
            paths = [out or destinations.default(f"{begun}{ending}", FORMATS, beside=beside)]
        starts: list[Photo | None] = [*photos] or [None]
        done: list[Path] = []

        def film(begin: "Photo | None", path: Path) -> "Film":
            def watch(goals: "Sequence[Objective]", step: "Step") -> None:
                share = (len(done) + step.number / step.total) / len(paths)
                show(share, f"Maximizing {goals[0]}")

            bare = make_film(
                loaded, goal, start=begin, on_step=watch, recipe=base, **film_settings, **stated
            )
            show(None, f"Writing {path.name}")
            made: Film = network.noted(bare, *options.spelled(plain=plain))
            made.save(path, plain=plain)
            done.append(path)
            return made

        films = photo_files.make_each(starts, paths, film, "films")
    photo_files.report(*films, paths, json, _print)


def _print(path: Path, film: "Film") -> None:
    output.lines([(str(path), film.label, f"{len(film)} frames")])


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a film."""
    pairs: list[Pair] = [("--from", record.text("start"))] if record.get("start") else []
    pairs += [*size_pairs(record), *recipe_pairs(record, "film")]
    if record.get("strength") is not None:
        pairs.append(("--strength", record.number("strength")))
    if record.get("frames") is not None:
        pairs.append(("--frames", record.whole("frames")))
    return CommandLine("animate", (objectives(record, notes)[0],), tuple(pairs))


ROOM = Room((animate,), {"animate": again})
