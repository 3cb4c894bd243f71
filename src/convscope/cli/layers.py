"""``convscope layers``: what a network sees in a photo, layer by layer."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.cli import views
from convscope.errors import InputError
from convscope.maximization import options as ascent_options
from convscope.terminal import options, output, photo_files
from convscope.terminal.progress import Stopped, progress

VIEWS = "Deeper views, each instead of the maps"


def layers(
    photo: options.Photos,
    model: options.Model = options.EMBEDDED,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER",
            help="All channels of this layer, not some of every layer. Views take several.",
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(metavar="N", help="Channels of each layer, strongest first.")
    ] = None,
    with_pictures: Annotated[
        bool,
        typer.Option(
            "--with-pictures",
            help="Beside each map, what its channel looks for. Takes about a minute.",
        ),
    ] = False,
    kernels: Annotated[
        bool, typer.Option("--kernels", help="Show the first layer's kernels instead.")
    ] = False,
    factors: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="A layer's answer in N groups of channels that fire together.",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="UNIT",
            help="What the factors speak for or against. Default: the likeliest class.",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="PHOTO",
            help="The units that differ most between PHOTO and this one.",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    second: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="The units that differ most between two networks of one architecture.",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    second_preprocessing: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="How that one wants its pictures.", rich_help_panel=VIEWS
        ),
    ] = None,
    second_labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What its classes are called.", rich_help_panel=VIEWS),
    ] = None,
    story: Annotated[
        bool,
        typer.Option(
            "--story",
            help="The photo's way through: who answers, what is still there, what could be read "
            "off it. Takes about a minute.",
            rich_help_panel=VIEWS,
        ),
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN",
            help="What each layer says at this place, in pixels of the network's size, channel by "
            "channel, as pictures.",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    natural: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|ZIP",
            help="Photos of yours, at least 16: classes to read off (--story), what is unusual "
            "(--at).",
            rich_help_panel=VIEWS,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="Of --story and --factors.", rich_help_panel=VIEWS),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", help="Of --story.", rich_help_panel=VIEWS)
    ] = None,
    precision: ascent_options.Precision = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A figure as .png, .pdf or .svg, all maps as .npz, or the channels' numbers as "
            ".csv or .json; for several photos a folder. Default: PHOTO-layers.png here, or of a "
            "view PHOTO-story.png, ....",
        ),
    ] = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Show how strongly a network's layers respond to a photo, from edges to objects.

    Prints the figure's path and what the network takes the photo for.
    """
    from convscope import drawing, images
    from convscope.activation.activations import activations
    from convscope.maximization.thumbnails import computed, icons
    from convscope.networks.units import layer_stem
    from convscope.results import TABLED

    photos = photo_files.expanded(photo)
    source = options.Source(model, weights, preprocessing, labels, input_size)
    said = options.given(
        layer=layer or None,
        count=count,
        with_pictures=with_pictures or None,
        kernels=kernels or None,
        factors=factors,
        target=target,
        compare=compare,
        second=second,
        second_preprocessing=second_preprocessing,
        second_labels=second_labels,
        story=story or None,
        at=None if at is None else views.placed(at),
        natural=natural,
        seed=seed,
        steps=steps,
        precision=precision,
    )
    ascent_options.recipe(None, precision=precision)
    bare = not (with_pictures or story or factors is not None or at is not None)
    if precision and bare:
        raise InputError(
            "Expected --precision for pictures that are made. Try: --with-pictures, or without it."
        )
    if view := views.asked(said):
        views.show(view, photos, source, said, out, json)
        return
    said.pop("precision", None)
    views.refuse(said, "layers", "layer", "count", "with_pictures", "kernels", "precision")
    if len(layer or []) > 1:
        raise InputError(f"Expected one layer. Received: {', '.join(layer or [])}.")
    for each in photos:
        images.read(each)
    made = "kernels" if kernels else "layers"
    suffixes = drawing.FORMATS if kernels else TABLED
    named = "".join(f"-{layer_stem(each)}" for each in layer or [])
    paths = photo_files.paths(photos, out, f"{named}-{made}.png", suffixes)
    found = []
    stopped = False
    with progress(f"Loading {model}") as show:
        network = source.load()
        drawn = with_pictures and not kernels
        one = network.layer(layer[0]).address if layer else None
        computing = {"precision": computed(precision or "auto", network)} if drawn else {}
        try:
            for each, path in zip(photos, paths, strict=True):
                show(f"Looking at {each.name}", None)
                answer = activations(network, each, one)
                seen = source.noted(answer, *options.spelled(**said, **computing))
                if kernels:
                    drawing.save(seen.kernels_figure(), path, seen.info())
                else:
                    units = seen.shown_units(count, one) if drawn else []
                    made_for = icons(network, units, show, **computing) if units else None
                    seen.save(path, layer=one, pictures=made_for, count=count)
                found.append((path, seen))
        except KeyboardInterrupt:
            if len(photos) == 1:
                raise
            stopped = True
    if json:
        output.as_several(
            [{"path": str(path), **seen.record(count)} for path, seen in found], photos
        )
    else:
        for path, seen in found:
            output.line(str(path))
            output.lines((label, f"{probability:.1%}") for _, label, probability in seen.top)
    if stopped:
        raise Stopped(f"Stopped. {len(found)} of {len(photos)} photos are finished.")
