"""``convscope evaluate``: which map to believe."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from convscope.attribution.command import assigned_pairs, several_again
from convscope.attribution.options import MapOptions, names
from convscope.progress import part
from convscope.terminal import options, output, photo_files
from convscope.terminal.assignments import assigned
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record
from convscope.terminal.usage import completing, listing

if TYPE_CHECKING:
    from convscope.attribution.evaluation.result import Evaluation
    from convscope.images import Photo

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
    photo_files.paths(photos, out, request.ending("evaluation"), Evaluation.suffixes)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        ending = request.ending("evaluation", loaded)
        paths = photo_files.paths(photos, out, ending, Evaluation.suffixes)
        done: list[Path] = []

        def try_out(each: "Photo", path: Path) -> "Evaluation":
            doing = f"Explaining {each.name}"
            show(len(done) / len(photos) or None, doing)
            begin, end = (at / len(photos) for at in (len(done), len(done) + 1))
            whole = part(show, begin, end, doing)
            found = request.several(loaded, each, part(whole, 0, MAPS))
            judged: Evaluation = network.noted(
                judge(
                    found,
                    measures=measures or None,
                    progress=part(whole, MAPS, 1),
                    **settings,
                )
            )
            judged.save(path)
            done.append(path)
            return judged

        made, stopped = photo_files.make_each(photos, paths, try_out)
    if json:
        output.as_several([{"path": str(path), **found.record()} for path, found in made], photos)
    else:
        for number, (path, found) in enumerate(made):
            if number:
                output.line("")
            _print(path, found)
    if stopped:
        raise stopped


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
