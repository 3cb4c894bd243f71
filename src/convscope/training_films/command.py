"""``convscope evolve``: what units looked for while a network was trained."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.errors import InputError
from convscope.maximization import options as ascent_options
from convscope.terminal import destinations, options, output
from convscope.terminal.progress import progress

OUT = Path("learning.webp")


def evolve(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="CHECKPOINT... [UNIT...]",
            help="Checkpoints of a training, .weights.h5 or .keras files or folders of them, with "
            "the epoch or the step in their names; then units such as block5_conv3:17 or "
            "predictions:bee. Default: units drawn from a spread of layers.",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="The architecture: a name from 'convscope models', or a .keras or .h5 file. "
            "Default: the first .keras file among the checkpoints.",
            rich_help_panel="Which network",
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="How the training went, such as Keras's CSVLogger writes it."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="A film as .webp, .gif, .mp4 or .webm, with its figure as .png beside it; a "
            "figure as .png, .pdf or .svg; the numbers as .json; or a folder for PNGs of each "
            f"moment. Default: {OUT} here.",
        ),
    ] = None,
    natural: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|ZIP",
            help="Photos on which layers are compared with what they end as. Default: cuttings "
            "from two photos that come along.",
        ),
    ] = None,
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
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Film what units looked for while a network was trained, from its checkpoints.

    At every checkpoint the same units' pictures are climbed from the same starting numbers. Prints
    each file's path and what is in it, and when each layer had settled.
    """
    from convscope import backend
    from convscope.maximization.recipes import RECIPES
    from convscope.networks.loading.weights_file import is_weights
    from convscope.objectives import parse
    from convscope.training_films import checkpoints, formats
    from convscope.training_films.evolve import evolve as make_film

    paths = [Path(each) for each in what if Path(each).exists() or is_weights(Path(each))]
    units = [each for each in what if Path(each) not in paths]
    for unit in units:
        parse(unit)
    if not paths:
        raise InputError(
            "Expected checkpoints, .weights.h5 or .keras files or folders of them. Received: "
            f"{', '.join(what)}; check the paths."
        )
    found = checkpoints.found(paths)
    whole = [each.path for each in found if each.path.suffix.lower() == ".keras"]
    if model is None and not whole:
        raise InputError(
            "Expected --model: these checkpoints are weights without an architecture. "
            f"Try: --model mine.keras, or --model {options.EMBEDDED}."
        )
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
    shape = options.shaped(size)
    path = out or destinations.default(OUT.name, formats.FORMATS, beside=formats.beside)
    if formats.is_folder(path):
        destinations.kept(*formats.beside(destinations.folder(path)))
    else:
        destinations.ready(path, formats.FORMATS, formats.beside)
    source = options.Source(str(model or whole[0]), None, preprocessing, labels, input_size)
    with progress("Loading the network") as show:
        backend.start()
        bare = make_film(
            source.load(),
            paths,
            *units,
            log=log,
            size=shape,
            natural=natural,
            recipe=base or RECIPES["training"],
            told=show,
            **stated,
        )
        given = {"log": log and str(log), "natural": natural and str(natural)}
        made = source.noted(bare, *options.spelled(**given))
        show(f"Writing {path.name}", None)
        written = [made.save(path)]
        if formats.is_moving(path):
            written.append(made.save(path.with_suffix(".png")))
    if json:
        output.as_json({"path": str(path), **made.record()})
        return
    told = f"{len(made)} moments of {len(made.labels)} units"
    output.lines((str(each), told, made.source["network"]) for each in written)
    for layer in made.settling.layers:
        since = made.settling.settled(layer)
        if since is None:
            output.line(f"{layer}  answers everything alike in the end")
        else:
            output.line(f"{layer}  settled from {made.moments[since].label}")
