"""``convscope maximize``: what units look for."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convscope.cli.evidence import Evidence, beside, shown
from convscope.errors import InputError
from convscope.maximization import options as ascent_options
from convscope.terminal import destinations, options, output
from convscope.terminal.progress import Show, Stopped, progress

if TYPE_CHECKING:
    from convscope.cards.result import Card
    from convscope.maximization.result import Maximized
    from convscope.maximization.task import Subject

FOLDER = Path("convscope-pictures")


def maximize(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="UNIT...",
            help="Addresses: block5_conv3 (the layer), block5_conv3:17 (a channel), :0-15 or :* "
            "(several), :17@center (a neuron), -block5_conv3:17 (the opposite), predictions:bee. "
            "Or objectives, in quotes: '0.5 * block4_conv1:3 + predictions:bee - 10 * l2'.",
        ),
    ],
    model: options.Model = options.EMBEDDED,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="A .png, .jpg or .webp for one unit; for several a .png, .pdf or .svg that shows "
            "them all, or a folder for one PNG each. Default: UNIT.png for one unit, "
            f"the folder {FOLDER} for several.",
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Show all pictures in one .png, .pdf or .svg as well."),
    ] = None,
    count: Annotated[
        int, typer.Option(metavar="N", help="Pictures of each unit, from N seeds.")
    ] = 1,
    enlarge: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Save single pictures N times as large, smoothly, to look at. As they are saved "
            "otherwise, they have the pixels that the network sees.",
        ),
    ] = 1,
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
    card: options.Card = False,
    natural: options.Natural = None,
    second: options.Second = None,
    second_preprocessing: options.SecondFeed = None,
    second_labels: options.SecondLabels = None,
    control: options.Control = False,
    json: options.AsJson = False,
) -> None:
    """Make the pictures that excite units most.

    Prints a line a picture: its path, its unit, and where it stands among natural pictures.
    After Ctrl-C the pictures that are finished stay.
    """
    from convscope import drawing, images
    from convscope.maximization.maximize import maximized
    from convscope.maximization.result import LARGEST, Gallery
    from convscope.maximization.task import subjects
    from convscope.objectives import parse
    from convscope.validation import whole

    for text in what:
        parse(text)
    whole("--enlarge", enlarge, high=LARGEST)
    evidence = Evidence(card, natural, second, second_preprocessing, second_labels, control)
    evidence.check()
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
    if out and not destinations.is_folder(out):
        destinations.ready(out, [*images.ENCODERS, *drawing.FORMATS])
    source = options.Source(model, weights, preprocessing, labels, input_size)
    results: list[Maximized] = []
    stopped = False
    with progress(f"Loading {model}") as show:
        network = source.load()
        first = ascent_options.seeded(base, seed)
        found = tuple(dict.fromkeys(subjects(network, what, count, first)))
        plan = planned(found, out, sheet, options.telling(canvas, seed if count == 1 else None))
        if enlarge > 1 and not plan.paths:
            raise InputError(
                "Expected --enlarge for single pictures. Received: a sheet of them. Try: --out "
                "FOLDER."
            )
        paths = [path for subject in found if (path := plan.path(subject))]
        if evidence:
            destinations.kept(*itertools.chain(*beside(found, paths)))
        second = evidence.ready(network)
        watch = _watching(show, len(found), results)
        climbs = maximized(network, found, size=shape, recipe=base, watch=watch, **stated)
        try:
            for subject, result in zip(found, climbs, strict=True):
                if subject in plan.paths:
                    larger = options.spelled(enlarge=enlarge if enlarge > 1 else None)
                    noted = source.noted(result, *evidence.spelled(), *larger)
                    noted.save(plan.paths[subject], enlarge=enlarge)
                results.append(source.noted(result, *evidence.spelled()))
        except KeyboardInterrupt:
            stopped = True
        if plan.sheet and results:
            Gallery(tuple(results)).save(plan.sheet)
        cards = [] if stopped else evidence.cards(network, second, results, found, paths, show)
    _print(list(zip(found, results, strict=False)), plan, json, cards)
    if stopped:
        raise Stopped(f"Stopped. {len(results)} of {len(found)} pictures are finished.")


@dataclass(frozen=True)
class Plan:
    """Where the pictures go: a file a unit, one sheet for all, or both."""

    paths: dict["Subject", Path]
    sheet: Path | None

    def path(self, subject: "Subject") -> Path | None:
        """Where a subject's picture is to be seen."""
        return self.paths.get(subject, self.sheet)


def planned(
    subjects: Sequence["Subject"], out: Path | None, sheet: Path | None, told: Sequence[str] = ()
) -> Plan:
    """Decide where the pictures of these subjects go, and refuse what cannot be written.

    ``told`` are parts of the names that nobody stated, for what makes a request another one.
    """
    from convscope import drawing, images
    from convscope.maximization.task import stems

    if sheet:
        destinations.ready(sheet, drawing.FORMATS)
    if len(subjects) == 1 and not (out and destinations.is_folder(out)):
        own = f"{'-'.join([subjects[0].stem, *told])}.png"
        path = (
            destinations.ready(out, images.ENCODERS)
            if out
            else destinations.default(own, images.ENCODERS)
        )
        return Plan({subjects[0]: path}, sheet)
    if out and not destinations.is_folder(out):
        if sheet:
            raise InputError(
                f"Expected a folder for the pictures beside the sheet. Received: --out {out}."
            )
        return Plan({}, destinations.ready(out, drawing.FORMATS))
    folder = destinations.folder(out or FOLDER)
    paths = [
        destinations.default(f"{'-'.join([name, *told])}.png", images.ENCODERS, folder)
        for name in stems(subjects)
    ]
    return Plan(dict(zip(subjects, paths, strict=True)), sheet)


def _watching(
    show: Show, count: int, results: Sequence["Maximized"]
) -> Callable[[Sequence[Any], Any], None]:
    """Tell the share done; results are those of the batches before."""

    def watch(batch: Sequence[Any], step: Any) -> None:
        done = len(results) + len(batch) * step.number / step.total
        more = f" and {len(batch) - 1} more" if len(batch) > 1 else ""
        show(f"{batch[0]}{more}", done / count)

    return watch


def _print(
    made: Sequence[tuple["Subject", "Maximized"]], plan: Plan, json: bool, cards: Sequence["Card"]
) -> None:
    if json:
        rows = itertools.zip_longest(made, cards)
        output.as_json(
            [_as_json(result, plan.path(subject), card) for (subject, result), card in rows]
        )
    else:
        output.lines(
            (str(plan.path(subject)), result.label, result.caption()) for subject, result in made
        )
        if plan.sheet and plan.paths and made:
            output.line(str(plan.sheet))
        shown(cards)


def _as_json(result: "Maximized", path: Path | None, card: "Card | None") -> dict[str, Any]:
    return {
        "path": str(path),
        "objective": str(result.objective),
        "label": result.label,
        "response": result.response,
        "contrast": result.contrast,
        "standing": asdict(result.standing) if result.standing else None,
        "recipe": result.recipe.as_json(),
        **result.source,
        **({"card": card.record()} if card else {}),
    }
