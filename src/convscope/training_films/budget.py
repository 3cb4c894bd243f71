"""The time budget of a training film: a share of the time that the training itself takes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A share, and the seconds that filming may take of however short a training.
USUAL, FLOOR = 0.1, 20.0


class Budget:
    """The seconds of training and of filming, and whether another moment fits.

    The length of the training is estimated from the batches so far, without the first one, which
    compiles. If the number of batches is not known, only the time so far counts.

    Args:
        share: what filming may take, as a share of the training's own time; None for any.
        clock: gives seconds.
        floor: seconds that it may take even if they are a larger share.
    """

    def __init__(
        self,
        share: float | None,
        clock: Callable[[], float] = time.perf_counter,
        floor: float = 0.0,
    ) -> None:
        self.share, self.floor = share, floor
        self.spent = 0.0  # seconds of filming
        self._clock = clock
        self._began = clock()
        self._costs: list[float] = []
        self._first: tuple[int, float] | None = None  # batches done, and seconds of training
        self.heard_last = 0.0  # seconds of training until the last batch

    @contextmanager
    def filming(self, moment: bool = True) -> Iterator[None]:
        """Count the time of a block as filming, by default as that of one moment."""
        before = self._clock()
        try:
            yield
        finally:
            taken = self._clock() - before
            self.spent += taken
            if moment:
                self._costs.append(taken)

    def trained(self) -> float:
        """Return the seconds of training so far, without filming."""
        return self._clock() - self._began - self.spent

    def note(self, done: int) -> None:
        """Record that so many batches are done."""
        self.heard_last = self.trained()
        if self._first is None:
            self._first = done, self.heard_last

    def affords(self, done: int, total: int | None, passed: int = 0, waiting: int = 1) -> bool:
        """Return whether to film a moment now, so that the last one still fits.

        If not all moments fit, those that do are spread evenly over the plan: without that, the
        first few would take all the time, when little has been learned.

        Args:
            done: batches so far.
            total: batches in all; None if not known.
            passed: planned moments that were not filmed since the last one that was.
            waiting: planned moments from this one on, without the last one.
        """
        if self.share is None:
            return True
        # The cheapest so far: others compiled, or shared the machine.
        cost = min(self._costs, default=0.0)
        limit = max(self.floor, self.share * self._expected(done, total))
        left = limit - self.spent - cost  # the last one is made whatever it costs
        if left < cost:
            return False
        fitting = left / cost if cost else float("inf")
        return (passed + 1) * (int(min(fitting, waiting)) + 1) >= passed + waiting + 1

    def _expected(self, done: int, total: int | None) -> float:
        """Return the expected seconds of the training; those so far if its length is unknown."""
        trained = self.trained()
        if total is None or self._first is None:
            return trained
        batches, seconds = self._first
        if done <= batches:
            # Too long, as it contains compiling: what this refuses is surely too dear.
            return trained * total / done
        return trained + (total - done) * (trained - seconds) / (done - batches)
