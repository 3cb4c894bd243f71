"""The chapter of attribution maps, and of how far they can be believed."""

from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.result import Evaluation
from convscope.attribution.grid import Attributions
from convscope.progress import Progress, part
from convscope.tour.context import Tour, drawn
from convscope.tour.page import Chapter, Row

MADE = 0.4  # of the chapter's time goes into the maps, the rest into their evaluation


def reasons(tour: Tour, progress: Progress) -> Chapter:
    """Which parts of the photo drove the decision, by several methods."""
    rows, made = [], []
    for done, photo in enumerate(tour.photos):
        begin, end = (MADE * at / len(tour.photos) for at in (done, done + 1))
        making = part(progress, begin, end)
        found = attributions(tour.network, photo, methods=tour.extent.methods, progress=making)
        made.append(found)
        ((_, label, share),) = tour.network.top(tour.network.probabilities(found.photo[None])[0], 1)
        caption = f"{photo.name}, which the network takes for {label} ({share:.0%})"
        rows.append(_row(f"why-{photo.stem}.png", found, caption))
    judged = evaluate(made[0], progress=part(progress, MADE, 1))
    photo = tour.photos[0]
    rows.append(_row(f"belief-{photo.stem}.png", judged, f"the maps of {photo.name}, evaluated"))
    return Chapter(
        "Which parts mattered, and which map to believe",
        """An attribution map shows which parts of a photo speak for the class, in red, and which
        speak against it, in blue. Methods measure different things, and they do not always agree.
        The gradient shows which pixels would change the score most. Integrated gradients add up
        the change of the score on the way from gray to the photo. Grad-CAM shows where the last
        maps with rows and columns support the class. Relevance propagation (LRP) passes the score
        back from layer to layer. Occlusion covers one patch after the other and measures how the
        score changes. If there is a reason to doubt a map, it is written above the map.

        A map may look right and yet show only what is in the photo. So the last figure evaluates
        the maps. If the pixels that a map marks as important are removed, the network's confidence
        should fall at once. If only these pixels are shown, it should be high. If the photo changes
        a little, the map should stay the same. If the weights are replaced by random numbers, the
        map should change. Three control maps ignore the network: noise, a blob in the middle, and
        the photo's edges. A number is marked if it does not beat all three. Such a map says nothing
        about this decision, however convincing it looks.""",
        rows,
    )


def _row(name: str, found: Attributions | Evaluation, caption: str) -> Row:
    return Row("", [drawn(name, found.figure(), found.info(), caption)])
