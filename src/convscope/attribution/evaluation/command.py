"""``convscope evaluate``: which map to believe."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from convscope.attribution.command import assigned_pairs, explain_each, several_again
from convscope.attribution.options import MapOptions, names
from convscope.progress import Progress, part
from convscope.terminal import options, output, photo_files
from convscope.terminal.assignments import assigned
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.record import Record
from convscope.terminal.usage import completing, listing

if TYPE_CHECKING:
    from convscope.attribution.evaluation.result import Evaluation
    from convscope.images import Photo
    from convscope.networks.network import Network

MAPS = 0.15  # of the time, about, goes into the maps; the rest into judging them


@flattened
def evaluate(
    photo: options.Photos,
    network: options.NetworkOptions,
    maps: MapOptions,
    measure: Annotated[
        list[str] | None,
        option(
            "NAME",
            "Only some of "
            + listing("convscope.attribution.evaluation.measures", "MEASURES")
            + ".",
            autocompletion=completing("convscope.attribution.evaluation.measures", "MEASURES"),
        ),
    ] = None,
    trial: Annotated[
        list[str] | None,
        option(
            "NAME=VALUE",
            "Settings of measures: steps, square, blur, baseline, samples, radius, stages; "
            "patience=none makes very slow maps again, too.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        option(
            "FILE|FOLDER",
            "A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .csv or "
            ".json; of several photos a folder. Default: PHOTO-evaluation.png here.",
        ),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Evaluate maps of a photo, next to three control maps: noise, a blob and edges.

    Prints the figure's path and one table. All methods take about three minutes. After Ctrl-C the
    photos that are finished stay.
    """
    from convscope.attribution.evaluation.evaluate import checked
    from convscope.attribution.evaluation.evaluate import evaluate as judge
    from convscope.attribution.evaluation.result import Evaluation

    photos = photo_files.read(photo)
    request = maps.read(judged=True)
    measures = names(measure or [])
    settings = assigned(trial or [], "--trial")
    checked(measures, settings)

    def try_out(loaded: "Network", each: "Photo", whole: Progress) -> "Evaluation":
        found = request.several(loaded, each, part(whole, 0, MAPS))
        judging = part(whole, MAPS, 1)
        return judge(found, measures=measures or None, progress=judging, **settings)

    suffixes = Evaluation.suffixes
    made = explain_each(photos, network, request, out, "evaluation", suffixes, try_out)

    def show(path: Path, found: "Evaluation") -> None:
        if path != made[0][0][0]:
            output.line("")
        _print(path, found)

    photo_files.report(*made, photos, json, show)


def _print(path: Path, found: "Evaluation") -> None:
    """The path, the table, and what it says."""
    output.line(str(path))
    output.line("")
    header, *cells = found.rows_of_text()
    output.table(header, cells)
    output.line("")
    output.lines((text,) for text in [*found.verdict(), *found.legend()])


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of an evaluation."""
    from convscope.attribution.evaluation.evidence import EvaluationSettings
    from convscope.attribution.evaluation.measures import MEASURES

    trial = record.table("trial")
    measures = trial.texts("measures")
    pairs: list[Pair] = []
    if measures != list(MEASURES):
        pairs.append(("--measure", ",".join(measures)))
    default = {**asdict(EvaluationSettings()), "seed": record["asked"]["seed"]}
    stated = {name: value for name, value in trial.items() if name != "measures"}
    changed = {
        name: value
        for name, value in Record(stated).settings().items()
        if value != default.get(name)
    }
    made = several_again(record, notes).with_options([*pairs, *assigned_pairs("--trial", changed)])
    return replace(made, command="evaluate")


ROOM = Room((evaluate,), {"evaluation": again})
