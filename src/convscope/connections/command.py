"""``convscope weights``: which units of the layer before excite and inhibit a unit."""

from pathlib import Path
from typing import Annotated

from convscope.maximization.options import Precision, check_precision, precision_pairs
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Room, objective_text
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, option
from convscope.terminal.progress import progress
from convscope.terminal.record import Record


@flattened
def weights(
    unit: Annotated[str, argument("UNIT", "A channel or a class: block5_conv3:17.")],
    network: options.NetworkOptions,
    count: Annotated[int | None, option("N", "Units of each sign. Default: 5.")] = None,
    precision: Precision = None,
    out: Annotated[
        Path | None,
        option(
            "FILE",
            "A figure as .png, .pdf or .svg, the kernels as .npz, or the numbers as .csv or "
            ".json. Default: UNIT-weights.png here.",
        ),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Show which units of the layer before excite and inhibit a unit most.

    Prints the figure's path, and the strength of each unit shown.
    """
    from convscope.connections.weights import channel
    from convscope.connections.weights import weights as connections
    from convscope.maximization.task import network_stem
    from convscope.networks.units import Address
    from convscope.objectives.parser import objective
    from convscope.results import TABLED

    Address.parse(unit)
    if out:
        destinations.ready(out, TABLED)
    check_precision(precision)
    settings = options.given(count=count, precision=precision)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        target = channel(loaded, unit)
        name = f"{network_stem(objective(target), loaded)}-weights.png"
        path = destinations.ready(out, TABLED) if out else destinations.default(name, TABLED)
        found = network.noted(connections(loaded, target, **settings, progress=show))
        found.save(path)
    if json:
        output.as_json({"path": str(path), **found.record()})
    else:
        output.line(str(path))
        output.lines(found.lines())


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of weights."""
    unit = objective_text(record.text("unit"))
    pairs = (("--count", record.whole("count")), *precision_pairs(record))
    return CommandLine("weights", (unit,), pairs)


ROOM = Room((weights,), {"weights": again})
