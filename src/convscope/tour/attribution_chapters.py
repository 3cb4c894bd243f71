"""The chapters of attribution maps: how far they can be believed, and one of a mistake."""

from convscope.activation.activations import activations
from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.result import Evaluation
from convscope.attribution.grid import Attributions
from convscope.datasets.sample_photos import CAT, CAT_LABEL
from convscope.networks.units import in_quotes, quoted
from convscope.progress import Progress, part
from convscope.tour.context import Tour, drawn
from convscope.tour.page import Chapter, Row, written

MADE = 0.4  # of the chapter's time goes into the maps, the rest into their evaluation


def reasons(tour: Tour, progress: Progress) -> Chapter:
    """Which parts of the photo drove the decision, by several methods."""
    rows, made = [], []
    for done, photo in enumerate(tour.photos):
        begin, end = (MADE * at / len(tour.photos) for at in (done, done + 1))
        making = part(progress, begin, end)
        found = attributions(tour.network, photo, methods=tour.extent.methods, progress=making)
        made.append(found)
        ((_, label, share),) = tour.network.opinion(found.photo, 1)
        caption = f"{photo.name}, which the network takes for {label} ({share:.0%})"
        rows.append(_row(f"why-{photo.stem}.png", found, caption))
    judged = evaluate(made[0], progress=part(progress, MADE, 1))
    photo = tour.photos[0]
    rows.append(_row(f"belief-{photo.stem}.png", judged, f"the maps of {photo.name}, evaluated"))
    return written("Which parts mattered, and which map to believe", rows)


def mistake(tour: Tour, progress: Progress) -> Chapter:
    """A photo that the network names wrong, with its probability."""
    network = tour.network
    ranked = network.opinion(activations(network, CAT).photo, len(network.labels or ()))
    shares = {label: f"{share:.0%}" for _, label, share in ranked}
    first = ranked[0][1]
    names = [name for name in dict.fromkeys((first, CAT_LABEL)) if name in shares]
    assert network.head is not None
    targets = [f"{quoted(network.head.address)}:{in_quotes(name)}" for name in names]
    found = attributions(network, CAT, targets, methods="occlusion", progress=progress)
    caption = " and for ".join(f"{name} ({shares[name]})" for name in names)
    rows = [_row(f"mistake-{CAT.stem}.png", found, f"{CAT.name}: what speaks for {caption}")]
    return written("A photo that the network names wrong", rows, first=first, share=shares[first])


def _row(name: str, found: Attributions | Evaluation, caption: str) -> Row:
    return Row("", [drawn(name, found.figure(), found.info(), caption)])
