"""``convscope maximize``: what units look for."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convscope.cli import options, output, places
from convscope.cli.evidence import Evidence, shown
from convscope.cli.progress import Show, Stopped, progress
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.maximize import Maximized
    from convscope.models.units import Unit
    from convscope.trust import Card

FOLDER = Path("convscope-pictures")


def maximize(
    units: Annotated[
        list[str],
        typer.Argument(
            metavar="UNIT...",
            help="Addresses: block5_conv3 (the layer), block5_conv3:17 (a channel), :0-15 or :* "
            "(several), :17@center (a neuron), -block5_conv3:17 (the opposite), predictions:bee.",
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
    size: options.Size = None,
    seed: options.Seed = None,
    steps: options.Steps = None,
    rate: options.Rate = None,
    canvas: options.Canvas = None,
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
    from convscope import figures, pictures
    from convscope.maximize import Gallery, Recipe, maximized
    from convscope.models.units import Address

    for unit in units:
        Address.parse(unit)
    evidence = Evidence(card, natural, second, second_preprocessing, second_labels, control)
    evidence.check()
    recipe = Recipe(**options.given(seed=seed, steps=steps, rate=rate, canvas=canvas))
    shape = options.sized(size)
    if out and not places.is_folder(out):
        places.ready(out, [*pictures.ENCODERS, *figures.FORMATS])
    source = options.Source(model, weights, preprocessing, labels, input_size)
    results: list[Maximized] = []
    stopped = False
    with progress(f"Loading {model}") as show:
        network = source.load()
        found = tuple(dict.fromkeys(network.units(*units)))
        plan = planned(found, out, sheet)
        watch = _watching(show, len(found), results)
        climbs = maximized(network, found, size=shape, recipe=recipe, watch=watch)
        try:
            for result in climbs:
                noted = source.noted(result, *evidence.spelled())
                if noted.unit in plan.paths:
                    noted.save(plan.paths[noted.unit])
                results.append(noted)
        except KeyboardInterrupt:
            stopped = True
        if plan.sheet and results:
            Gallery(tuple(results)).save(plan.sheet)
        paths = [path for unit in found if (path := plan.path(unit))]
        cards = [] if stopped else evidence.cards(network, results, paths, show)
    _print(results, plan, json, cards)
    if stopped:
        raise Stopped(f"Stopped. {len(results)} of {len(found)} pictures are finished.")


@dataclass(frozen=True)
class Plan:
    """Where the pictures go: a file a unit, one sheet for all, or both."""

    paths: dict["Unit", Path]
    sheet: Path | None

    def path(self, unit: "Unit") -> Path | None:
        """Where a unit's picture is to be seen."""
        return self.paths.get(unit, self.sheet)


def planned(units: Sequence["Unit"], out: Path | None, sheet: Path | None) -> Plan:
    """Decide where the pictures of these units go, and refuse what cannot be written."""
    from convscope import figures, pictures

    if sheet:
        places.ready(sheet, figures.FORMATS)
    if len(units) == 1 and not (out and places.is_folder(out)):
        path = out or Path(f"{units[0].stem}.png")
        return Plan({units[0]: places.ready(path, pictures.ENCODERS)}, sheet)
    if out and not places.is_folder(out):
        if sheet:
            raise InputError(
                f"Expected a folder for the pictures beside the sheet. Received: --out {out}."
            )
        return Plan({}, places.ready(out, figures.FORMATS))
    folder = places.folder(out or FOLDER)
    return Plan({unit: folder / f"{unit.stem}.png" for unit in units}, sheet)


def _watching(
    show: Show, count: int, results: Sequence["Maximized"]
) -> Callable[[Sequence["Unit"], Any], None]:
    """Tell the share done; results are those of the batches before."""

    def watch(batch: Sequence["Unit"], step: Any) -> None:
        done = len(results) + len(batch) * step.number / step.total
        more = f" and {len(batch) - 1} more" if len(batch) > 1 else ""
        show(f"{batch[0]}{more}", done / count)

    return watch


def _print(
    results: Sequence["Maximized"], plan: Plan, json: bool, cards: Sequence["Card"]
) -> None:
    if json:
        rows = itertools.zip_longest(results, cards)
        output.as_json([_as_json(result, plan.path(result.unit), card) for result, card in rows])
    else:
        output.lines(
            (str(plan.path(result.unit)), result.label, result.caption()) for result in results
        )
        if plan.sheet and plan.paths and results:
            output.line(str(plan.sheet))
        shown(cards)


def _as_json(result: "Maximized", path: Path | None, card: "Card | None") -> dict[str, Any]:
    return {
        "path": str(path),
        "unit": str(result.unit),
        "label": result.label,
        "response": result.response,
        "contrast": result.contrast,
        "standing": asdict(result.standing) if result.standing else None,
        "recipe": result.recipe.as_json(),
        **result.source,
        **({"card": card.as_json()} if card else {}),
    }
