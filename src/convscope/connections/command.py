"""``convscope weights``: which units of the layer before excite and inhibit a unit."""

from pathlib import Path
from typing import Annotated

import typer

from convscope.maximization import options as ascent_options
from convscope.terminal import destinations, options, output
from convscope.terminal.progress import progress


def weights(
    unit: Annotated[
        str, typer.Argument(metavar="UNIT", help="A channel or a class: block5_conv3:17.")
    ],
    model: options.Model = options.EMBEDDED,
    count: Annotated[
        int | None, typer.Option(metavar="N", help="Units of each sign. Default: 5.")
    ] = None,
    precision: ascent_options.Precision = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A figure as .png, .pdf or .svg, the kernels as .npz, or the numbers as .csv or "
            ".json. Default: UNIT-weights.png here.",
        ),
    ] = None,
    weights: options.Weights = None,
    preprocessing: options.Feed = None,
    labels: options.Labels = None,
    input_size: options.InputSize = None,
    json: options.AsJson = False,
) -> None:
    """Show what a unit listens to: the units before it that excite and inhibit it most.

    Prints the figure's path, and each unit shown with its strength.
    """
    from convscope.connections.weights import channel
    from convscope.connections.weights import weights as connections
    from convscope.maximization.task import network_stem
    from convscope.networks.units import Address
    from convscope.objectives import parse
    from convscope.results import TABLED

    Address.parse(unit)
    if out:
        destinations.ready(out, TABLED)
    ascent_options.recipe(None, precision=precision)
    settings = options.given(count=count, precision=precision)
    source = options.Source(model, weights, preprocessing, labels, input_size)
    with progress(f"Loading {model}") as show:
        network = source.load()
        wanted = channel(network, unit)
        goal = parse(str(wanted))
        name = f"{network_stem(goal, network)}-weights.png"
        path = destinations.ready(out, TABLED) if out else destinations.default(name, TABLED)
        found = source.noted(connections(network, wanted, **settings, told=show))
        found.save(path)
    if json:
        output.as_json({"path": str(path), **found.record()})
    else:
        output.line(str(path))
        output.lines(found.lines())
