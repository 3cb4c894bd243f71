"""The chapters of the tour, in their order."""

from collections.abc import Callable

from convscope.progress import Progress
from convscope.tour.attribution_chapters import mistake, reasons
from convscope.tour.context import Tour
from convscope.tour.page import Chapter
from convscope.tour.photo_chapters import layer_by_layer, left_over, place, wires
from convscope.tour.training_chapters import learning, twins
from convscope.tour.unit_chapters import classes, edges_to_objects, films

CHAPTERS: dict[Callable[[Tour, Progress], Chapter], float] = {
    # each with about its share of the time
    classes: 0.03,
    edges_to_objects: 0.34,
    learning: 0.01,
    twins: 0.08,
    layer_by_layer: 0.03,
    left_over: 0.11,
    place: 0.09,
    wires: 0.03,
    films: 0.2,
    reasons: 0.06,
    mistake: 0.02,
}
