"""``convscope attribute``: which parts of a photo drove the decision."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convscope.cli.wish import Wish, named, once
from convscope.terminal import options, output, photo_files
from convscope.terminal.progress import Stopped, progress
from convscope.terminal.usage import completing

if TYPE_CHECKING:
    from convscope.cli.wish import Found

_COMPARING = "Which map to believe"


def attribute(
    photo: options.Photos,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UNIT",
            help="What to explain: a unit, or a weighted sum such as 'predictions:bee - "
            "predictions:fly'. Repeat it for a map each. Default: the likeliest class.",
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            autocompletion=completing("convscope.attribution.methods.table", "METHODS"),
            help="{methods}; 'every' for all that are not very slow. Several with commas, or "
            "repeated. Default: occlusion.",
        ),
    ] = None,
    model: options.Model = options.EMBEDDED,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .json; of "
            "--compare the table as .csv too. For several photos a folder. Default: "
            "PHOTO-METHOD.png here; PHOTO-maps.png of several maps, PHOTO-comparison.png of "
            "--compare.",
        ),
    ] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER",
            help="Where methods look that look at a layer, such as grad-cam. Repeat it for a map "
            "each; 'every' is all convolutions, from early to late.",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(metavar="N", help="Of integrated-gradients. Default: as many as it takes."),
    ] = None,
    samples: Annotated[int | None, typer.Option(metavar="N", help="Of smoothgrad.")] = None,
    noise: Annotated[float | None, typer.Option(metavar="X", help="Of smoothgrad.")] = None,
    patch: Annotated[int | None, typer.Option(metavar="N", help="Of occlusion, in pixels.")] = None,
    stride: Annotated[
        int | None, typer.Option(metavar="N", help="Of occlusion, in pixels.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any setting of a method, such as baseline=0; of several, for those that have it.",
        ),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Judge the maps, of every method unless told, beside maps that know nothing: one "
            "figure and one table. Of all methods it takes about three minutes.",
            rich_help_panel=_COMPARING,
        ),
    ] = False,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only some of {measures}.",
            rich_help_panel=_COMPARING,
        ),
    ] = None,
    trial: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="How maps are tried: steps, square, blur, baseline, samples, radius, stages; "
            "patience=none makes very slow maps again, too.",
            rich_help_panel=_COMPARING,
        ),
    ] = None,
    seed: options.Seed = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Show which parts of a photo spoke for a unit, and which against it.

    Prints the figure's path, the unit, and the method with its score; of --compare the table. After
    Ctrl-C the photos that are finished stay.
    """
    from convscope import images

    photo = photo_files.expanded(photo)
    for each in photo:
        images.read(each)
    stated = options.given(steps=steps, samples=samples, noise=noise, patch=patch, stride=stride)
    wish = Wish(
        targets=target or [],
        methods=named(method or []),
        layers=named(layer or []),
        settings=once(stated, options.assigned(setting or [], "--set")),
        seed=seed or 0,
        compare=compare,
        trial=options.assigned(trial or [], "--trial"),
        measures=named(measure or []),
    )
    wish.check()
    wish.paths(photo, out)
    source = options.Source(model, weights, preprocessing, labels, input_size)
    made: list[tuple[Path, Found]] = []
    stopped = False
    with progress(f"Loading {model}") as show:
        network = source.load()
        paths = wish.paths(photo, out, network)
        try:
            for number, (each, path) in enumerate(zip(photo, paths, strict=True)):
                doing = f"Explaining {each.name}"
                show(doing, number / len(photo) or None)

                def watch(share: float, doing: str = doing, number: int = number) -> None:
                    show(doing, (number + share) / len(photo))

                found = source.noted(wish.fulfil(network, each, watch))
                found.save(path)
                made.append((path, found))
        except KeyboardInterrupt:
            stopped = True
    if json:
        shown = [{"path": str(path), **found.record()} for path, found in made]
        output.as_json(shown if len(photo) > 1 else shown[0] if shown else None)
    else:
        for number, (path, found) in enumerate(made):
            if compare and number:
                output.line("")
            _print(path, found)
    if stopped:
        raise Stopped(f"Stopped. {len(made)} of {len(photo)} photos are finished.")


def _print(path: Path, found: Any) -> None:
    """The path and what is in the file, by what it is."""
    from convscope.attribution.grid import Attributions
    from convscope.attribution.result import Attribution

    if isinstance(found, Attribution):
        output.lines([(str(path), found.label, found.caption(), found.note)])
    elif isinstance(found, Attributions):
        output.line(str(path))
        output.lines(
            (f"  {name}", each.caption(), each.note)
            for name, each in zip(found.names, found, strict=True)
        )
        output.lines((f"  {name}", f"left out: {why}") for name, why in found.left_out.items())
    else:
        output.line(str(path))
        output.line("")
        header, *cells = found.rows_of_text()
        output.table(header, cells)
        output.line("")
        output.lines((text,) for text in [*found.verdict(), *found.legend()])
