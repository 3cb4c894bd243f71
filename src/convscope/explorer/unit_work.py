"""The pictures of units, made when somebody looks at them, and kept in the atlas."""

import time
from collections.abc import Mapping
from typing import Any

from convscope.atlas.plan import Batch, plan
from convscope.atlas.store import writing
from convscope.explorer.jobs import Job
from convscope.explorer.studio import Loaded

WAIT = 30.0  # seconds for another explorer of the same network, which writes for a moment
# Pictures that are painted, and shown, together. On two cores a picture of vgg16-tiny takes as long
# in a batch of 16 as alone, and with 16 at once a person waits for all of them.
AT_ONCE = 4


def paint_units(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Make the pictures of some units that are not there yet; tell the pages of each.

    The request has 'units', a list of addresses, and perhaps 'evidence', names of further pictures
    of each: 'opposite', 'seeds'.
    """
    planned = plan(
        loaded.network,
        loaded.edition,
        job.request["units"],
        evidence=job.request.get("evidence", ()),
        batch=AT_ONCE,
    )
    with writing(loaded.atlas, WAIT) as store:
        missing = planned.without(store.known(planned.keys()))
        store.begin(loaded.edition, sum(store.counts(loaded.edition.name).values()) + missing.total)
    done = planned.total - missing.total
    for batch in missing.batches:
        _paint(loaded, job, batch, done / planned.total, len(batch.items) / planned.total)
        done += len(batch.items)
    return {"units": job.request["units"]}


def _paint(loaded: Loaded, job: Job, batch: Batch, before: float, share: float) -> None:
    began = time.monotonic()
    seed = loaded.edition.recipe.seed  # of the pictures that tiles show
    painted = loaded.painter.paint(
        batch,
        lambda inside, message: job.progress(before + share * inside, message),
        loaded.sketches.of(batch, seed, job.events),
    )
    with writing(loaded.atlas, WAIT) as store:
        store.add(painted, loaded.edition.name, time.monotonic() - began)
    for each in painted:
        item = each.item
        told = {"unit": str(item.unit), "key": item.key, "further": item.seed != seed}
        job.events.publish("unit", told)
