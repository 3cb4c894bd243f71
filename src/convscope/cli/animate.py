"""``convscope animate``: how a network changes a picture into what it wants to see."""

from pathlib import Path
from typing import Annotated, Any

import typer

from convscope.cli import options, output, places
from convscope.cli.progress import progress


def animate(
    what: Annotated[
        str,
        typer.Argument(
            metavar="UNIT",
            help="What to want: predictions:bee, block5_conv3:17, or an objective in quotes.",
        ),
    ],
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="PHOTO", help="Begin with a photo. Default: with noise."),
    ] = None,
    model: options.Model = options.EMBEDDED,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A film as .gif, .webp, .mp4 or .webm, a strip of stills as .png, or the numbers "
            "as .csv. Default: UNIT.gif here.",
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
    steps: options.Steps = None,
    rate: options.Rate = None,
    schedule: options.Schedule = None,
    optimizer: options.Optimizer = None,
    transforms: options.Moves = None,
    canvas: options.Canvas = None,
    precision: options.Precision = None,
    recipe: options.RecipeFile = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Film how a network changes a picture, with its own opinion beside every frame.

    Prints the film's path, its unit and how many frames it has.
    """
    from convscope import film, pictures
    from convscope.film.saving import SAVERS
    from convscope.maximize.subject import stem
    from convscope.objectives import parse

    goal = parse(what)
    if start:
        pictures.read(start)
    base, stated = options.recipe(
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
    if out:
        places.ready(out, SAVERS)
        film.saver_for(out)
    source = options.Source(model, weights, preprocessing, labels, input_size)
    with progress(f"Loading {model}") as show:
        network = source.load()
        (found, *_) = goal.resolved(network)
        begun = ["from", start.stem] if start else []
        words = [stem(found, found.describe(network)), *begun, *options.telling(canvas, seed)]
        path = out or places.default(f"{'-'.join(words)}.gif", SAVERS)

        def watch(goals: Any, step: Any) -> None:
            show(f"Climbing {goals[0]}", step.number / step.total)

        bare = film.animate(network, goal, start=start, watch=watch, recipe=base, **asked, **stated)
        show(f"Writing {path.name}", None)
        made = source.noted(bare, *options.spelled(plain=plain))
        made.save(path, plain=plain)
    if json:
        output.as_json({"path": str(path), **made.provenance()})
    else:
        output.lines([(str(path), made.label, f"{len(made)} frames")])
