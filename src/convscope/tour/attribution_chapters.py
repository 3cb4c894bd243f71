"""The chapter about what drove a decision, and which answer to believe."""

from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.result import Evaluation
from convscope.attribution.grid import Attributions
from convscope.progress import Progress, part
from convscope.tour.context import Tour, drawn
from convscope.tour.page import Chapter, Row

METHODS = ("gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion")
MADE = 0.4  # of the chapter's time goes into the maps, the rest into their trial


def reasons(tour: Tour, progress: Progress) -> Chapter:
    """Which parts of the photo drove the decision, by several methods, and which to believe."""
    rows, made = [], []
    for done, photo in enumerate(tour.photos):
        begin, end = (MADE * at / len(tour.photos) for at in (done, done + 1))
        making = part(progress, begin, end)
        found = attributions(tour.network, photo, methods=METHODS, progress=making)
        made.append(found)
        ((_, label, share),) = tour.network.top(tour.network.probabilities(found.photo[None])[0], 1)
        caption = f"{photo.name}, which the network takes for {label} ({share:.0%})"
        rows.append(_row(f"why-{photo.stem}.png", found, caption))
    judged = evaluate(made[0], progress=part(progress, MADE, 1))
    photo = tour.photos[0]
    rows.append(
        _row(f"belief-{photo.stem}.png", judged, f"the maps of {photo.name}, put to the test")
    )
    return Chapter(
        "Which parts mattered, and which map to believe",
        """Attribution asks which parts of a photo spoke for the class, in red, and which against
        it, in blue. Methods differ in what they measure, and they do not always agree. The gradient
        asks which pixels would change the score most; integrated gradients add up how it changes
        from grey to the photo; Grad-CAM asks where the last maps with space support the class;
        relevance propagation (LRP) hands the score back from layer to layer; and occlusion covers
        one patch after the other and looks. What makes a map doubtful is written above it.

        A map that looks right may show nothing but the photo, so the maps are put to the test in
        the last figure. Remove the pixels that a map calls important, and the network's confidence
        must fall at once; show only those, and it must come back. Change the photo a little, and
        the map must stay. Make the network forget what it has learned, and the map must change. All
        this is done as well to three maps that know nothing of the network: noise, a blob in the
        middle, and the photo's edges. A number that does not beat all three is marked: there the
        map has told us nothing about this photo, however convincing it looks.""",
        rows,
    )


def _row(name: str, found: Attributions | Evaluation, caption: str) -> Row:
    return Row("", [drawn(name, found.figure(), found.info(), caption)])
