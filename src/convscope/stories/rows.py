"""From a story to the rows of its figure."""

from typing import TYPE_CHECKING

from convscope.activation.rows import BESIDE, COVERING
from convscope.drawing.tile import Scale, Tile, number
from convscope.networks.photo import named
from convscope.stories.figure import Large, Read
from convscope.stories.figure import Stage as Row
from convscope.stories.figure import story as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.stories.class_reading import Reading
    from convscope.stories.result import Classes, Stage, Story


def story(told: "Story") -> "Figure":
    """The figure of a story."""
    headings = [
        ("who answers", "the strongest channels"),
        ("inversion", "what is still there"),
        ("caricature", "what the layer makes of it"),
        ("read off", "what could be told from it"),
    ]
    notes = [
        "Left: the channels with the strongest mean response to the photo, strongest first; :17 is "
        "channel 17 of the row's layer, the number the mean of its map."
        + (f" {BESIDE}" if told.pictures else ""),
        "Inversion: a picture climbed from noise until the layer responds as it does to the photo. "
        "Error is the squared distance of the responses, before activation, as a share of the "
        "photo's; behind it that of plain gray. Caricature: the same responses, exaggerated; the "
        "photo itself scores 1.",
        "Taken for: the network's own opinion of the inversion. Without any error it would be that "
        "of the photo: a layer holds all that the later ones make of it. What differs is lost in "
        "the inversion."
        + (
            " Nearest mean: the class, as the network names the photos of "
            f"{named(told.natural)}, whose mean response (over space, less the mean of all) has "
            "the largest cosine with the photo's."
            if told.natural
            else ""
        ),
    ]
    best = told.top[0][0] if told.top else None
    return drawn(
        told.photo,
        told.top,
        [_row(told, stage, best) for stage in told.stages],
        headings,
        title=f"What {told.network} does with {named(told.source['photo'])}",
        notes=notes,
    )


def _row(told: "Story", stage: "Stage", best: int | None) -> Row:
    height, width, channels = stage.maps.shape
    tiles = [
        Tile(
            map=stage.maps[:, :, strong.unit.channel],
            label=f":{strong.unit.channel}",
            value=number(strong.strength),
            picture=told.pictures.get(strong.unit),
        )
        for strong in stage.strongest
    ]
    reads = []
    if stage.taken:
        classes = _bars(stage.taken, best, percent=True)
        reads.append(Read("the inversion is taken for", classes))
    if stage.reading:
        classes = _bars(stage.reading.nearest, best, percent=False)
        reads.append(Read("nearest mean, by cosine", classes, _honestly(stage.reading)))
    return Row(
        name=stage.layer,
        detail=f"{channels} maps of {height} x {width}",
        tiles=tiles,
        scale=Scale.of([some.map for some in tiles], COVERING),
        pictures=[
            Large(
                stage.inversion.picture,
                f"error {number(stage.error)} (plain gray {number(stage.gray)})",
            ),
            Large(stage.caricature.picture, f"score {number(stage.caricature.response)}"),
        ],
        reads=reads,
    )


def _bars(
    classes: "Classes", best: int | None, *, percent: bool
) -> list[tuple[str, float, str, bool]]:
    return [
        (label, value, f"{value:.1%}" if percent else f"{value:.2f}", index == best)
        for index, label, value in classes
    ]


def _honestly(reading: "Reading") -> str:
    """How often such a reading is right."""
    if reading.right is None:
        return f"of {reading.classes} classes, one photo each"
    return (
        f"of {reading.classes} classes; right for {reading.right:.0%} of the photos, by chance "
        f"{reading.chance:.0%}"
    )
