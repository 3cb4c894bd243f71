"""The kinds of work that the explorer does: a table of functions."""

from collections.abc import Callable, Mapping
from typing import Any

from convscope import images
from convscope.errors import refuse_unknown
from convscope.explorer.compare_work import compare_sides
from convscope.explorer.dream_work import dream, save_film
from convscope.explorer.jobs import Job
from convscope.explorer.photo_work import ASKED, look
from convscope.explorer.photos import keep
from convscope.explorer.studio import Loaded, Studio
from convscope.explorer.unit_questions import QUESTIONS, find_out
from convscope.explorer.unit_work import paint_units

LOAD = "load"

# Each takes the network and the job, whose request says what is wanted, and returns plain data.
KINDS: dict[str, Callable[[Loaded, Job], Mapping[str, Any]]] = {
    "units": paint_units,
    "compare": compare_sides,
    "dream": dream,
    "film": save_film,
    **{f"photo-{kind}": look for kind in ASKED},
    **{f"unit-{kind}": find_out for kind in QUESTIONS},
}


def worker(studio: Studio) -> Callable[[Job], Mapping[str, Any]]:
    """Return what does the jobs of a studio, the first of which loads the network."""

    def work(job: Job) -> Mapping[str, Any]:
        if job.kind == LOAD:
            loaded = studio.start(job.progress)
            for photo in reversed(studio.photos):  # the first one is shown first
                keep(loaded, images.load(photo), photo.name)
            return {"network": loaded.network.name}
        refuse_unknown("kind of work", [job.kind], KINDS)
        loaded = studio.loaded or studio.start(job.progress)
        return KINDS[job.kind](loaded, job)

    return work
