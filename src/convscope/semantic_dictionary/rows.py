"""From a semantic dictionary to the rows of its figure."""

from typing import TYPE_CHECKING

from convscope.drawing.tile import number
from convscope.networks.photo import named
from convscope.semantic_dictionary.figure import Entry as Line
from convscope.semantic_dictionary.figure import Word
from convscope.semantic_dictionary.figure import dictionary as drawn_dictionary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.networks.places import Sight
    from convscope.semantic_dictionary.dictionary import Dictionary


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
