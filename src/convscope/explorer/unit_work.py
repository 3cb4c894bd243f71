"""The pictures of units, made when somebody looks at them, and kept in the atlas."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from convscope.atlas.plan import plan
from convscope.atlas.store import writing
from convscope.explorer.jobs import Job
from convscope.explorer.studio import Loaded
from convscope.progress import part

WAIT = 30.0  # seconds for another explorer of the same network, which writes for a moment
# Pictures that are painted, and shown, together. On two cores a picture of vgg16-tiny takes as long
# in a batch of 16 as alone, and with 16 at once a person waits for all of them.
AT_ONCE = 4


def paint_units(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Make the pictures of some units that are not there yet; tell the pages of each.

    The request has 'units', a list of addresses, and perhaps 'evidence', names of further pictures
    of each: 'opposite', 'seeds'.
    """
    paint_missing(loaded, job, job.request["units"], job.request.get("evidence", ()))
    return {"units": job.request["units"]}


def paint_missing(
    loaded: Loaded,
    job: Job,
    units: Sequence[str],
    evidence: Sequence[str] = (),
    *,
    is_told: bool = True,
) -> None:
    """Make the pictures of some units that are not in the atlas of a network yet.

    Args:
        loaded: the network.
        job: which is told how far it is.
        units: their addresses.
        evidence: names of further pictures of each.
        is_told: whether pages hear of each picture. They know the units of one network alone.
    """
    planned = plan(loaded.network, loaded.edition, units, evidence=evidence, batch=AT_ONCE)
    with writing(loaded.atlas, WAIT) as store:
        missing = planned.without(store.known(planned.keys()))
        store.begin(loaded.edition, sum(store.counts(loaded.edition.name).values()) + missing.total)
    done, seed = planned.total - missing.total, loaded.edition.recipe.seed
    for batch in missing.batches:
        began, before = time.monotonic(), done / planned.total
        done += len(batch.items)
        sketch = loaded.sketches.of(batch, seed, job.events) if is_told else None
        progress = part(job.progress, before, done / planned.total)
        painted = loaded.painter.paint(batch, progress, sketch)
        with writing(loaded.atlas, WAIT) as store:
            store.add(painted, loaded.edition.name, time.monotonic() - began)
        for item in (each.item for each in painted if is_told):
            told = {"unit": str(item.unit), "key": item.key, "further": item.seed != seed}
            job.events.publish("unit", told)
