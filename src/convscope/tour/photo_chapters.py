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
from convscope.tour.page import Chapter, Row

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
    return Chapter(
        "A photo, layer by layer",
        """What does the network see in a real photo? Each small map shows where one channel
        responds: it is bright where the channel fires and dark where it does not. Early maps are
        sharp and look like the photo, since they follow its edges and colours. Later maps are
        coarse, because each neuron sees a large part of the photo. They are sparse, because each
        channel responds to something specific, such as an eye or a wheel.""",
        rows,
    )


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
    return Chapter(
        "What is left of the photo",
        """The later layers know nothing of the photo except the responses of the layer before
        them. How much of the photo is still in these responses? Two pictures show it. Both start
        from noise. The inversion is changed until the layer responds to it as it does to the photo.
        Where the inversion differs from the photo, the layer does not see a difference. The
        caricature has the same responses, but stronger, so it shows what the layer makes of the
        photo. To the left are the channels with the strongest responses: where they fire, and what
        each of them looks for.

        The inversion gets vaguer from layer to layer. To the right are the network's classes for
        the inversion. As long as they agree with its classes for the photo, the layer has dropped
        only what the decision does not need.""",
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
    return Chapter(
        "One place in the photo",
        """This figure shows one place of the photo, the place that speaks most for its class. In
        each layer, dozens of channels fire there. The figure shows the ones with the most unusual
        responses, compared with 10,000 natural pictures. Each channel is shown by the picture that
        it looks for. Together, these pictures show what the network sees at this place.

        A layer has hundreds of channels, too many to look at, but many of them fire together. The
        second figure combines the channels of one layer into a few groups. It shows where each
        group fires, what it looks for, and how much it speaks for the class.""",
        rows,
    )


def wires(tour: Tour, progress: Progress) -> Chapter:
    """Which units excite and inhibit a class."""
    photo = tour.photos[0]
    _, label, _ = activations(tour.network, photo).top[0]
    head = tour.network.head
    assert head is not None
    unit = f"{quoted(head.address)}:{in_quotes(label)}"
    made = weights(tour.network, unit, tour.extent.connections, progress=progress)
    name = f"weights-{label}.png".replace(" ", "-")
    return Chapter(
        "What a class is made of",
        """A unit computes a weighted sum of the units before it. A positive weight excites the
        unit, and a negative weight inhibits it. The figure shows the units of the layer before
        that count most for the class of the first photo, each with the picture that it looks for.
        The exciting units show which parts the class is made of. The inhibiting units often
        belong to similar things that the network has to tell apart from it.""",
        [Row("", [drawn(name, made.figure(), made.info(), made.label)])],
    )


def _late(tour: Tour) -> list[str]:
    return [info.address for info in telling(tour.network)[-tour.extent.late :]]
