"""``convscope evolve``: what units looked for while a network was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from convscope import files
from convscope.errors import InputError
from convscope.maximization.options import RecipeOptions, Size, recipe_pairs, size_pairs
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Room, objectives
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record

if TYPE_CHECKING:
    from convscope.training_films.result import Learning

OUT = Path("learning.webp")


@dataclass(frozen=True)
class ArchitectureOptions:
    """The network whose checkpoints they are."""

    PANEL: ClassVar[str] = options.NETWORK

    model: Annotated[
        str | None,
        option(
            "NAME|FILE",
            "The architecture: a name from 'convscope models', or a .keras or .h5 file. "
            "Default: the first .keras file among the checkpoints.",
        ),
    ] = None
    preprocessing: options.ModelPreprocessing = None
    labels: options.Labels = None
    input_size: options.InputSize = None


@flattened
def evolve(
    what: Annotated[
        list[str],
        argument(
            "CHECKPOINT... [UNIT...]",
            "Checkpoints of a training, .weights.h5 or .keras files or folders of them, with "
            "the epoch or the step in their names; then units such as block5_conv3:17 or "
            "predictions:bee. Default: units drawn from a spread of layers.",
        ),
    ],
    network: ArchitectureOptions,
    recipe: RecipeOptions,
    log: Annotated[
        Path | None,
        option("FILE.csv", "The log of the training, a CSV file as Keras's CSVLogger writes it."),
    ] = None,
    out: Annotated[
        Path | None,
        option(
            "FILE|FOLDER",
            "A film as .webp, .gif, .mp4 or .webm, with its figure as .png beside it; a "
            "figure as .png, .pdf or .svg; the numbers as .json; or a folder for PNGs of each "
            f"moment. Default: {OUT} here.",
        ),
    ] = None,
    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP",
            "Photos on which layers' responses are compared with those at the end. Default: "
            "parts of two sample photos.",
        ),
    ] = None,
    size: Size = None,
    json: options.AsJson = False,
) -> None:
    """Film what units looked for while a network was trained, from its checkpoints.

    At every checkpoint the pictures of the same units are made from the same noise. Prints
    each file's path and what is in it, and when each layer had converged.
    """
    from convscope.maximization.recipes import RECIPES
    from convscope.networks.loading.weights_file import is_weights
    from convscope.objectives import parse
    from convscope.training_films import checkpoints, formats
    from convscope.training_films.evolve import evolve as make_film

    paths = [Path(each) for each in what if Path(each).exists() or is_weights(Path(each))]
    goals = [parse(each) for each in what if Path(each) not in paths]
    if not paths:
        raise InputError.expected(
            "checkpoints, .weights.h5 or .keras files or folders of them",
            f"{', '.join(what)}; check the paths",
        )
    found = checkpoints.found(paths)
    whole = [each.path for each in found if each.path.suffix.lower() == ".keras"]
    if network.model is None and not whole:
        raise InputError(
            "Expected --model: these checkpoints are weights without an architecture. "
            f"Try: --model mine.keras, or --model {options.EMBEDDED}."
        )
    base, stated = recipe.read()
    shape = options.shaped(size)
    path = out or destinations.default(OUT.name, formats.FORMATS, beside=formats.beside)
    if formats.is_folder(path):
        destinations.kept(*formats.beside(files.writable(path)))
    else:
        destinations.ready(path, formats.FORMATS, formats.beside)
    model = str(network.model or whole[0])
    source = options.NetworkOptions(**{**vars(network), "model": model})
    with progress("Loading the network") as show:
        bare = make_film(
            source.load(),
            paths,
            *goals,
            log=log,
            size=shape,
            natural=natural,
            recipe=base or RECIPES["training"],
            progress=show,
            **stated,
        )
        made = source.noted(bare, *options.spelled(log=log, natural=natural))
        show(None, f"Writing {path.name}")
        written = [made.save(path)]
        if formats.is_moving(path):
            written.append(made.save(path.with_suffix(".png")))
    if json:
        output.as_json({"path": str(path), **made.record()})
    else:
        _print(made, written)


def _print(made: "Learning", written: Sequence[Path]) -> None:
    """What is in each file, and when each layer had converged."""
    summary = f"{len(made)} moments of {len(made.labels)} units"
    output.lines((str(each), summary, made.source["network"]) for each in written)
    for layer in made.settling.layers:
        since = made.settling.settled(layer)
        if since is None:
            output.line(f"{layer}  responds to everything alike at the end")
        else:
            output.line(f"{layer}  settled from {made.moments[since].label}")


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a film of a training."""
    if "checkpoints" in record:
        checkpoints = record.words("checkpoints")
    else:
        checkpoints = ["CHECKPOINTS"]
        notes.add("It was filmed during the training; CHECKPOINTS would be saved ones of it.")
    about = (*checkpoints, *objectives(record, notes))
    return CommandLine("evolve", about, (*size_pairs(record), *recipe_pairs(record, "training")))


ROOM = Room((evolve,), {"evolve": again})
