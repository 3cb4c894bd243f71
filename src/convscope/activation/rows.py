"""From activations to the tiles and rows of a figure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convscope.activation.channels_figure import channels
from convscope.activation.figure import Row, maps
from convscope.activation.layers import spread
from convscope.drawing.tile import Scale, Tile, number
from convscope.images import Picture
from convscope.networks.units import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.activation.result import Activations, Strong

ROWS = 16  # layers in a figure; VGG16's 13 convolutions all find room
COUNT = 8  # channels of each
TILES = 512  # channels of one layer

# One loud spot would leave all other maps of a layer black. Above this share of the values, the
# scale says "and above".
COVERING = 0.998

BESIDE = "To the right of a map: the picture that its channel looks for."


def shown(
    activations: "Activations", layer: str | None, count: int | None
) -> dict[str, list["Strong"]]:
    """What a figure shows: of each of its layers the strongest channels, or of one layer all."""
    if layer is not None:
        strongest = activations.strongest(layer, TILES if count is None else count)
        return {layer: sorted(strongest, key=lambda strong: strong.unit.channel or 0)}
    layers = spread(list(activations.maps), ROWS)
    return {some: activations.strongest(some, COUNT if count is None else count) for some in layers}


def figure(
    activations: "Activations",
    layer: str | None,
    pictures: Mapping[Unit, Picture],
    count: int | None,
) -> "Figure":
    """The figure of all layers, or of one."""
    kept = shown(activations, layer, count)
    if layer is not None:
        return _one(activations, layer, kept[layer], pictures)
    rows = [_row(activations, some, strongest, pictures) for some, strongest in kept.items()]
    most = max(len(row.tiles) for row in rows)
    notes = [
        f"From early to late, the {most} channels of each layer with the strongest mean response, "
        f"strongest first. :17 is channel 17 of the row's layer; {_measure(rows)}. "
        "Each row has its own scale, below its name."
    ]
    if any(some.picture is not None for row in rows for some in row.tiles):
        notes.append(BESIDE)
    if len(rows) < len(activations.maps):
        notes.append(
            f"Shown: {len(rows)} of {len(activations.maps)} layers, evenly spread from the first "
            "to the last."
        )
    title = f"What {activations.network} sees, layer by layer"
    return maps(activations.photo, activations.top, rows, title=title, notes=notes)


def _one(
    activations: "Activations",
    layer: str,
    strongest: list["Strong"],
    pictures: Mapping[Unit, Picture],
) -> "Figure":
    row = _row(activations, layer, strongest, pictures)
    tiles = row.tiles
    total = activations.maps[layer].shape[2]
    which = f"All {total}" if len(tiles) == total else f"The {len(tiles)} strongest of {total}"
    notes = [
        f"{which} channels, in order, on one scale. :17 is {layer}:17; {_measure([row])}.",
        *([BESIDE] if any(some.picture is not None for some in tiles) else []),
    ]
    return channels(
        activations.photo,
        activations.top,
        tiles,
        row.scale,
        title=f"What {layer} of {activations.network} sees",
        notes=notes,
    )


def _row(
    activations: "Activations",
    layer: str,
    strongest: list["Strong"],
    pictures: Mapping[Unit, Picture],
) -> Row:
    height, width, channels = activations.maps[layer].shape
    tiles = tuple(_tiles(activations, strongest, pictures))
    scale = Scale.of([some.map for some in tiles], COVERING)
    return Row(layer, f"{channels} maps of {height} x {width}", tiles, scale)


def _tiles(
    activations: "Activations", strongest: list["Strong"], pictures: Mapping[Unit, Picture]
) -> list[Tile]:
    return [
        Tile(
            map=activations.maps[strong.unit.layer][:, :, strong.unit.channel],
            label=f":{strong.unit.channel}",
            value=number(strong.strength),
            picture=pictures.get(strong.unit),
        )
        for strong in strongest
    ]


def _measure(rows: list[Row]) -> str:
    """What the number under a map is, in words."""
    rectified = all(row.scale.low >= 0 for row in rows)
    return f"the number is the mean of its map{'' if rectified else ', negative values taken as 0'}"
