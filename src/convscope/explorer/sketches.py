"""``Sketches``: what pictures of units look like so far, while they are being made."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from convscope import images
from convscope.atlas.plan import Batch
from convscope.brief import Brief
from convscope.explorer.events import Events
from convscope.maximization.ascent import Step
from convscope.objectives import Objective

KEPT = 64  # the latest sketch of each of as many pictures
RATE = 0.25  # seconds between two sketches of a picture


class Sketches(Brief):
    """The latest sketch of each picture that is being made, in memory.

    The worker writes them and requests read them. A sketch stays for a while when its picture is
    done, for pages that hear of both late.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the latest sketch of a picture as a WebP; None if there is none."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: str, data: bytes) -> None:
        """Keep the latest sketch of a picture in place of the one before."""
        with self._lock:
            self._kept[key] = data
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def of(
        self, batch: Batch, seed: int, events: Events
    ) -> Callable[[Sequence[Objective], Step], None]:
        """Return what is called at the steps of a batch: it keeps sketches and tells the pages.

        Args:
            batch: of pictures; those of other seeds and of opposites have no tile of their own.
            seed: of the pictures that tiles show.
            events: where the pages are told.
        """
        told = 0.0

        def sketch(objectives: Sequence[Objective], step: Step) -> None:
            nonlocal told
            # A batch that did not fit into memory is made in parts, which are not told apart here.
            whole = len(objectives) == len(batch.items)
            if not whole or step.number in (0, step.total) or time.monotonic() - told < RATE:
                return
            told = time.monotonic()
            for item, picture in zip(batch.items, step.pictures(), strict=True):
                if item.seed != seed:
                    continue
                self.keep(item.key, images.encode_webp(picture))
                drawn = {"unit": str(item.unit), "key": item.key}
                events.publish("sketch", {**drawn, "step": step.number, "total": step.total})

        return sketch

    def _brief(self) -> str:
        return f"{len(self._kept)} sketches"
