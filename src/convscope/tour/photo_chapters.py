"""Chapters about a photo's way through the network."""

import numpy as np

from convscope.activation.activations import activations
from convscope.activation.representative_layers import told as telling
from convscope.attribution.attribute import attribute
from convscope.connections.weights import weights
from convscope.errors import MissingExtra
from convscope.networks.units import in_quotes, quoted
from convscope.neuron_groups.factors import factors
from convscope.progress import Progress, part
from convscope.semantic_dictionary.dictionary import dictionary
from convscope.stories.story import story
from convscope.tour.context import Tour, drawn
from convscope.tour.page import Chapter, Row

LATE = 3  # layers of the story and of the place: the last of those that tell it
SEEN = 6  # channels of a layer by their maps
ANSWERING = 4  # in the story
SPELLED = 5  # at the place
GROUPS = 4
WIRES = 5  # of each sign

GROUPED = """Hundreds of channels are too many to look at, but they fire in company. The second
        figure puts those of one layer together into a few groups: where each fires, what it looks
        for as a whole, and how much it speaks for the class."""


def layer_by_layer(tour: Tour, progress: Progress) -> Chapter:
    """A photo, seen layer by layer."""
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
        responds: dark where it is silent, bright where it fires. Early maps are sharp and look
        like the photo, since they follow its edges and colours. Later maps are coarse, because
        each neuron looks at a large part of the photo, and sparse, because it waits for
        something in particular. What is lost in sharpness is gained in meaning.""",
        rows,
    )


def left_over(tour: Tour, progress: Progress) -> Chapter:
    """What late layers keep of a photo, and what they make of it."""
    photo = tour.photos[0]
    made = story(
        tour.network, photo, _late(tour), count=ANSWERING, seed=tour.seed, progress=progress
    )
    return Chapter(
        "What is left of the photo",
        """A layer's responses are all that the later layers ever learn of the photo. So how much of
        it is in them? Two pictures answer, and both begin as noise. The inversion is changed until
        the layer responds to it as it does to the photo: what differs from the photo, the layer no
        longer cares about. The caricature is driven on, to the same responses but stronger: it
        shows what the layer has made of the photo. Beside them stand the channels that answer
        most, where they fire and what each looks for.

        The inversion gets vaguer from layer to layer. Read at the right what the network takes it
        for: as long as that is what it takes the photo for, the layer has thrown away only what
        the decision does not need.""",
        [Row("", [drawn(f"story-{photo.stem}.png", made.figure(), made.info(), photo.name)])],
    )


def place(tour: Tour, progress: Progress) -> Chapter:
    """One place of a photo, spelled out, and the photo in a few groups."""
    photo = tour.photos[0]
    heat = attribute(tour.network, photo, method="grad-cam").map
    row, column = (int(each) for each in np.unravel_index(np.argmax(heat), heat.shape))
    spelled = dictionary(
        tour.network,
        photo,
        (row, column),
        _late(tour),
        count=SPELLED,
        progress=part(progress, 0, 0.5),
    )
    caption = f"{photo.name}, where it speaks most for its likeliest class"
    rows = [Row("", [drawn(f"place-{photo.stem}.png", spelled.figure(), spelled.info(), caption)])]
    groups = GROUPED
    try:
        grouped = factors(
            tour.network, photo, count=GROUPS, seed=tour.seed, progress=part(progress, 0.5, 1)
        )
    except MissingExtra as missing:
        rows.append(Row(f"A figure of groups of channels is left out. {missing}", []))
        groups = ""
    else:
        figure, info = grouped.figure(), grouped.info()
        caption = f"{photo.name}, in {len(grouped.factors)} groups of channels"
        rows.append(Row("", [drawn(f"factors-{photo.stem}.png", figure, info, caption)]))
    return Chapter(
        "Spelled out",
        f"""Take one place of the photo, the one that speaks most for its class, and ask every layer
        what it says there. Dozens of channels fire at once; those come first whose response is
        most unusual, compared with 10,000 natural pictures. Each is shown by what it looks for.
        Read together, they are what the network sees there.

        {groups}""",
        rows,
    )


def wires(tour: Tour, progress: Progress) -> Chapter:
    """Which units excite and inhibit a class."""
    photo = tour.photos[0]
    _, label, _ = activations(tour.network, photo).top[0]
    head = tour.network.head
    assert head is not None
    unit = f"{quoted(head.address)}:{in_quotes(label)}"
    made = weights(tour.network, unit, WIRES, progress=progress)
    name = f"weights-{label}.png".replace(" ", "-")
    return Chapter(
        "What a class is made of",
        """What one unit says is a weighted sum of what the units before it say. A positive weight
        excites, a negative one inhibits. Here are the units of the layer before that count most
        for the class of the first photo, each by what it looks for: this is how things are put
        together from parts, and told from things that look like them.""",
        [Row("", [drawn(name, made.figure(), made.info(), made.label)])],
    )


def _late(tour: Tour) -> list[str]:
    return [info.address for info in telling(tour.network)[-LATE:]]
