"""The chapters of a photo's way through the network."""

import numpy as np

from convscope.activation.activations import activations
from convscope.activation.representative_layers import representative_layers as telling
from convscope.attribution.attribute import attribute
from convscope.connections.weights import weights
from convscope.networks.units import in_quotes, quoted
from convscope.neuron_groups.factors import factors
from convscope.progress import Progress, part
from convscope.semantic_dictionary.dictionary import dictionary
from convscope.stories.story import story
from convscope.tour.context import Tour, drawn
from convscope.tour.page import Chapter, Row, written

SEEN = 6  # channels of a layer by their maps
GROUPS = 4


def layer_by_layer(tour: Tour, progress: Progress) -> Chapter:
    """A photo, layer by layer."""
    layers = [info.address for info in telling(tour.network)]
    rows = []
    for done, photo in enumerate(tour.photos):
        progress(done / len(tour.photos), "")
        seen = activations(tour.network, photo, layers)
        caption = f"{photo.name}, from early to late"
        figure = seen.figure(count=SEEN)
        rows.append(Row("", [drawn(f"layers-{photo.stem}.png", figure, seen.info(), caption)]))
    return written("A photo, layer by layer", rows)


def left_over(tour: Tour, progress: Progress) -> Chapter:
    """What late layers keep of a photo, and what they make of it."""
    photo = tour.photos[0]
    made = story(
        tour.network,
        photo,
        _late(tour),
        count=tour.extent.channels[0],
        progress=progress,
        **tour.settings,
    )
    return written(
        "What is left of the photo",
        [Row("", [drawn(f"story-{photo.stem}.png", made.figure(), made.info(), photo.name)])],
    )


def place(tour: Tour, progress: Progress) -> Chapter:
    """The channels at one place of a photo, and a few groups of channels."""
    photo = tour.photos[0]
    heat = attribute(tour.network, photo, method="grad-cam").map
    row, column = (int(each) for each in np.unravel_index(np.argmax(heat), heat.shape))
    spelled = dictionary(
        tour.network,
        photo,
        (row, column),
        _late(tour),
        count=tour.extent.channels[1],
        progress=part(progress, 0, 0.5),
    )
    caption = f"{photo.name}, where it speaks most for its likeliest class"
    rows = [Row("", [drawn(f"place-{photo.stem}.png", spelled.figure(), spelled.info(), caption)])]
    grouped = factors(
        tour.network, photo, count=GROUPS, seed=tour.seed, progress=part(progress, 0.5, 1)
    )
    figure, info = grouped.figure(), grouped.info()
    caption = f"{photo.name}, in {len(grouped.factors)} groups of channels"
    rows.append(Row("", [drawn(f"factors-{photo.stem}.png", figure, info, caption)]))
    return written("One place in the photo", rows)


def wires(tour: Tour, progress: Progress) -> Chapter:
    """Which units excite and inhibit a class."""
    photo = tour.photos[0]
    _, label, _ = activations(tour.network, photo).top[0]
    head = tour.network.head
    assert head is not None
    unit = f"{quoted(head.address)}:{in_quotes(label)}"
    made = weights(tour.network, unit, tour.extent.connections, progress=progress)
    name = f"weights-{label}.png".replace(" ", "-")
    return written(
        "What a class is made of", [Row("", [drawn(name, made.figure(), made.info(), made.label)])]
    )


def _late(tour: Tour) -> list[str]:
    return [info.address for info in telling(tour.network)[-tour.extent.late :]]
