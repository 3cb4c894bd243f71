"""``convscope factors``: a layer's response in a few groups of channels."""

from typing import Annotated

from convscope.maximization.options import Precision, check_precision, precision_pairs
from convscope.terminal import options, photo_files
from convscope.terminal.command_line import CommandLine, Notes, Pair, Room, objective_text
from convscope.terminal.groups import flattened
from convscope.terminal.options import option
from convscope.terminal.record import Record


@flattened
def factors(
    photo: options.Photos,
    network: options.NetworkOptions,
    layer: Annotated[
        list[str] | None, option("LAYER", "The layer. Default: the last with room for them.")
    ] = None,
    count: Annotated[int | None, option("N", "Groups. Default: 6.")] = None,
    target: Annotated[
        str | None,
        option("UNIT", "What the groups speak for or against. Default: the likeliest class."),
    ] = None,
    seed: options.Seed = None,
    precision: Precision = None,
    out: options.TabledOut = None,
    json: options.AsJson = False,
) -> None:
    """Split a layer's response to a photo into a few groups of channels that fire together.

    Prints the figure's path and a line for each group: what it does to the target.
    """
    from convscope.neuron_groups.factors import factors as group
    from convscope.objectives import parse
    from convscope.results import TABLED

    goal = None if target is None else parse(target)
    layer_name = options.one_layer(layer)
    check_precision(precision)
    photos = photo_files.read(photo)
    settings = options.given(count=count, seed=seed, precision=precision)
    paths = photo_files.paths(photos, out, "-factors.png", TABLED)
    photo_files.show_each(
        photos,
        paths,
        network,
        json,
        lambda loaded, each, show: group(
            loaded, each, layer_name, target=goal, progress=show, **settings
        ),
    )


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of factors."""
    pairs: list[Pair] = [("--count", record.whole("count")), ("--layer", record.text("layer"))]
    if "target" in record:
        pairs.append(("--target", objective_text(record.text("target"))))
    chance = (("--seed", record.whole("seed")), *precision_pairs(record))
    return CommandLine("factors", (record.text("photo"),), (*pairs, *chance))


ROOM = Room((factors,), {"factors": again})
