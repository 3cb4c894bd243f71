"""From a story, or a dictionary, to the rows of its figure."""

from typing import TYPE_CHECKING

from convscope.activation.rows import BESIDE, COVERING
from convscope.drawing.tile import Scale, Tile
from convscope.semantic_dictionary.figure import Entry as Line
from convscope.semantic_dictionary.figure import Word
from convscope.semantic_dictionary.figure import dictionary as drawn_dictionary
from convscope.stories.figure import Large, Read
from convscope.stories.figure import Stage as Row
from convscope.stories.figure import story as drawn
from convscope.drawing.tile import number
from convscope.networks.photo import named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.semantic_dictionary.dictionary import Dictionary
    from convscope.networks.places import Sight
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


def dictionary(found: "Dictionary") -> "Figure":
    """The figure of a dictionary."""
    row, column = found.at
    telling = [word.unusual for entry in found.entries for word in entry.words]
    example = f"{max(telling, default=0.0):+.1f}"
    counts = sorted({entry.natural for entry in found.entries})
    beside = "the layer's map of this photo"
    if counts != [0]:
        beside = f"{counts[-1]:,} natural pictures"
    notes = [
        f"At row {row}, column {column} of {found.photo.shape[0]} x {found.photo.shape[1]} pixels: "
        "in each layer the neuron whose field's centre is nearest, and the channels that fire "
        "there.",
        f"First comes what is unusual: {example} means that many deviations above its neurons' "
        f"mean, before activation, over {beside}. In brackets is the response itself, after "
        "activation.",
    ]
    return drawn_dictionary(
        found.photo,
        found.at,
        found.top,
        [
            Line(
                name=entry.layer,
                details=(
                    f"neuron @{entry.sight.neuron[0]},{entry.sight.neuron[1]}",
                    _sees(entry.sight),
                    f"{entry.firing} of {entry.total} channels fire",
                ),
                rows=(entry.sight.down.begin, entry.sight.down.end),
                columns=(entry.sight.across.begin, entry.sight.across.end),
                words=[
                    Word(
                        found.pictures.get(word.channel),
                        f":{word.unit.channel}",
                        f"{word.unusual:+.1f} ({number(word.response)})",
                    )
                    for word in entry.words
                ],
            )
            for entry in found.entries
        ],
        title=f"What {found.network} says at one place of {named(found.source['photo'])}",
        notes=notes,
    )


def _sees(sight: "Sight") -> str:
    """How much of the photo a neuron sees, in words."""
    down, across = (max(1, round(span.length)) for span in (sight.down, sight.across))
    return f"sees {down} x {across} pixels of it"
