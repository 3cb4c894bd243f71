"""``convscope animate``: how a network changes a picture into what it wants to see."""

from pathlib import Path
from typing import Annotated, Any

import typer

from convscope.maximization import options as ascent_options
from convscope.terminal import destinations, options, output, photo_files
from convscope.terminal.progress import Stopped, progress


def animate(
    what: Annotated[
        str,
        typer.Argument(
            metavar="UNIT",
            help="What to want: predictions:bee, block5_conv3:17, or an objective in quotes.",
        ),
    ],
    start: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="PHOTO|FOLDER",
            help="Begin with a photo; repeated, or of a folder of photos, a film each. Default: "
            "with noise.",
        ),
    ] = None,
    model: options.Model = options.EMBEDDED,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A film as .gif, .webp, .mp4 or .webm, a strip of stills as .png, or the numbers "
            "as .csv; of several photos a folder. Default: UNIT.gif here, or PHOTO-UNIT.gif of "
            "several.",
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(metavar="X", help="How far a photo may be changed, above 0 and at most 1."),
    ] = None,
    frames: Annotated[int | None, typer.Option(metavar="N", help="At most so many frames.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="The picture alone, without the numbers beside it.")
    ] = False,
    size: options.Size = None,
    seed: options.Seed = None,
    steps: ascent_options.Steps = None,
    rate: ascent_options.Rate = None,
    schedule: ascent_options.Schedule = None,
    optimizer: ascent_options.Optimizer = None,
    transforms: ascent_options.Moves = None,
    canvas: ascent_options.Canvas = None,
    precision: ascent_options.Precision = None,
    recipe: ascent_options.RecipeFile = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Film how a network changes a picture, with its own opinion beside every frame.

    Prints the film's path, its unit and how many frames it has.
    """
    from convscope import images
    from convscope.films.animate import animate as make_film
    from convscope.films.formats import FORMATS, beside, checked
    from convscope.maximization.task import network_stem
    from convscope.objectives import parse

    goal = parse(what)
    starts = photo_files.expanded(start or [])
    for each in starts:
        images.read(each)
    base, stated = ascent_options.recipe(
        recipe,
        seed=seed,
        steps=steps,
        rate=rate,
        schedule=schedule,
        optimizer=optimizer,
        transforms=transforms,
        canvas=canvas,
        precision=precision,
    )
    asked = options.given(size=options.shaped(size), strength=strength, frames=frames)
    one = len(starts) < 2 and not (starts and out and out.is_dir())
    if out and one:
        destinations.ready(out, FORMATS, beside)
        checked(out)
    elif starts:
        photo_files.paths(starts, out, ".gif", FORMATS, beside=beside)
    source = options.Source(model, weights, preprocessing, labels, input_size)
    with progress(f"Loading {model}") as show:
        network = source.load()
        (found, *_) = goal.resolved(network)
        begun = network_stem(found, network)
        ending = "".join(f"-{word}" for word in options.telling(canvas, seed)) + ".gif"
        if starts:
            paths = photo_files.paths(starts, out, ending, FORMATS, f"{begun}-from-", beside)
        else:
            paths = [out or destinations.default(f"{begun}{ending}", FORMATS, beside=beside)]
        made = []
        stopped = False
        try:
            for number, path in enumerate(paths):

                def watch(goals: Any, step: Any, number: int = number) -> None:
                    share = (number + step.number / step.total) / len(paths)
                    show(f"Climbing {goals[0]}", share)

                begin = starts[number] if starts else None
                bare = make_film(
                    network, goal, start=begin, watch=watch, recipe=base, **asked, **stated
                )
                show(f"Writing {path.name}", None)
                each_film = source.noted(bare, *options.spelled(plain=plain))
                each_film.save(path, plain=plain)
                made.append((path, each_film))
        except KeyboardInterrupt:
            if one:
                raise
            stopped = True
    if json:
        output.as_several([{"path": str(path), **each.record()} for path, each in made], paths)
    else:
        output.lines((str(path), each.label, f"{len(each)} frames") for path, each in made)
    if stopped:
        raise Stopped(f"Stopped. {len(made)} of {len(paths)} films are finished.")
