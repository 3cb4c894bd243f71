"""``convscope attribute``: which parts of a photo drove the decision."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.cli import options, output, places
from convscope.cli.progress import progress
from convscope.errors import unknown

METHOD = "integrated-gradients"


def attribute(
    photo: options.Photo,
    target: Annotated[
        str | None,
        typer.Option(metavar="UNIT", help="What to explain. Default: the likeliest class."),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="gradient, input-x-gradient, smoothgrad, integrated-gradients, grad-cam or "
            "occlusion.",
        ),
    ] = METHOD,
    model: options.Model = options.EMBEDDED,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A figure as .png, .pdf or .svg, the arrays as .npz, or the numbers as .json. "
            "Default: PHOTO-METHOD.png here.",
        ),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="LAYER", help="Where grad-cam looks.")
    ] = None,
    steps: Annotated[int | None, typer.Option(metavar="N", help="Of integrated-gradients.")] = None,
    samples: Annotated[int | None, typer.Option(metavar="N", help="Of smoothgrad.")] = None,
    noise: Annotated[float | None, typer.Option(metavar="X", help="Of smoothgrad.")] = None,
    patch: Annotated[int | None, typer.Option(metavar="N", help="Of occlusion, in pixels.")] = None,
    stride: Annotated[
        int | None, typer.Option(metavar="N", help="Of occlusion, in pixels.")
    ] = None,
    seed: options.Seed = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Show which parts of a photo spoke for a unit, and which against it.

    Prints the figure's path, the unit, and the method with its score.
    """
    from convscope import attribution, figures, pictures
    from convscope.attribution.result import WRITERS
    from convscope.models.units import Address

    pictures.read(photo)
    if method not in attribution.METHODS:
        raise unknown("attribution method", method, attribution.METHODS)
    if target is not None:
        Address.parse(target)
    path = places.ready(out or Path(f"{photo.stem}-{method}.png"), [*figures.FORMATS, *WRITERS])
    settings = options.given(
        seed=seed,
        layer=layer,
        steps=steps,
        samples=samples,
        noise=noise,
        patch=patch,
        stride=stride,
    )
    source = options.Source(model, weights, preprocessing, labels, input_size)
    with progress(f"Loading {model}") as show:
        network = source.load()
        show(f"Explaining {photo.name}", None)
        bare = attribution.attribute(network, photo, target, method=method, **settings)
        found = source.noted(bare)
        found.save(path)
    if json:
        output.as_json({"path": str(path), **found.numbers()})
    else:
        output.lines([(str(path), found.label, found.caption(), found.note)])
