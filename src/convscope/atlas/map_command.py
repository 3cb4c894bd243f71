"""``convscope atlas map``: what a layer responds to in many photos."""

from pathlib import Path
from typing import Annotated

from convscope.atlas.model_options import ModelOptions
from convscope.maximization.options import Precision, Steps, check_precision
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Pair
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record


@flattened
def map(
    model: Annotated[
        str,
        argument(
            "MODEL", "A name from 'convscope models', such as vgg16-tiny, or a .keras or .h5 file."
        ),
    ],
    layer: Annotated[str, option("LAYER", "A layer that has rows and columns.", "--layer")],
    natural: Annotated[Path, option("DIR|ZIP", "Photos, at least 16; thousands are better.")],
    out: Annotated[Path, option("FOLDER", "Where the map goes.", "--out")],
    network: ModelOptions,
    cells: Annotated[
        list[int] | None,
        option(
            "N",
            "Cells along each axis; repeat it for further levels. Default: 10 and 20.",
        ),
    ] = None,
    per_photo: Annotated[
        int | None, option("N", "Random places of each photo. Default: 1.")
    ] = None,
    least: Annotated[
        int | None,
        option("N", "Responses that a cell must have; others stay empty. Default: 5."),
    ] = None,
    size: Annotated[
        str | None,
        option("N|HxW|fit", "Size of each picture in pixels. Default: 64, or less if 'fit' is."),
    ] = None,
    seed: options.Seed = None,
    steps: Steps = None,
    precision: Precision = None,
    json: options.AsJson = False,
) -> None:
    """Map what a layer responds to in many photos, similar responses near each other.

    Needs the extra map. Writes a page that opens from the disk, a picture of the map and a table of
    its points, and prints the page's path and a line for each level.
    """
    from convscope.activation_atlases.atlas import activation_atlas
    from convscope.activation_atlases.layout import refuse_if_missing
    from convscope.activation_atlases.to_page import ready
    from convscope.datasets.photos import Photos

    refuse_if_missing()
    check_precision(precision)
    shape = options.shaped(size)
    photos = Photos.of(natural)
    ready(out)
    settings = options.given(
        sides=cells,
        per_photo=per_photo,
        least=least,
        seed=seed,
        size=shape,
        steps=steps,
        precision=precision,
    )
    with progress(f"Loading {model}") as show:
        loaded = network.of(model).load()
        made = activation_atlas(loaded, photos, layer, progress=show, **settings)
        page = made.export(out)
    if json:
        output.as_json({"path": str(page), **made.record()})
    else:
        output.line(str(page))
        output.lines(made.lines())


def map_again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a map, with a free place for it."""
    from convscope.networks.loading.zoo import ZOO

    name = record.text("network")
    if name not in ZOO:
        digest = record.text("digest")
        notes.add("MODEL is the file of {name}, digest {digest}.", name=name, digest=digest)
    cells = [part.strip() for part in record.text("cells").split(",")]
    pairs: list[Pair] = [("--layer", record.text("layer")), ("--natural", record.text("natural"))]
    pairs += [("--cells", Record({"cells": each}).whole("cells")) for each in cells]
    pairs += [("--per-photo", record.whole("per photo")), ("--least", record.whole("least"))]
    pairs += [("--size", record.size("size")), ("--seed", record.whole("seed"))]
    if "steps" in record:
        pairs.append(("--steps", record.whole("steps")))
    about = ("map", name if name in ZOO else "MODEL")
    return CommandLine("atlas", about, tuple(pairs), (("--out", destinations.free("map")),))
