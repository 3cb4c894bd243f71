"""``Pace``: the time that is left, from the batches that were measured."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean

from convscope.atlas.plan import Batch
from convscope.brief import Brief


@dataclass
class Pace(Brief):
    """How long batches take: some seconds each, more for more work, and more for a new layer.

    Args:
        seconds: of each batch that was measured.
        work: of each, in the plan's count times its pictures.
        fresh: whether each was the first of its layer, whose program had to be compiled.
        workers: how many batches were made at a time, as measured.
    """

    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)
    workers: float = 1.0
    _layers: set[str] = field(default_factory=set, repr=False)

    def add(self, batch: Batch, seconds: float, elapsed: float | None = None) -> None:
        """Note a batch that took so many seconds, when so many have passed for all of them."""
        self.seconds.append(seconds)
        self.work.append(_work(batch))
        self.fresh.append(batch.layer not in self._layers)
        self._layers.add(batch.layer)
        if elapsed:
            self.workers = max(1.0, sum(self.seconds) / elapsed)

    def left(self, batches: Iterable[Batch]) -> float | None:
        """Return how many seconds batches will take; None if too few were measured."""
        line = self._line()
        if line is None:
            return None
        each, rate = line
        predicted = [each + rate * work for work in self.work]
        late = [
            took - usual
            for took, usual, fresh in zip(self.seconds, predicted, self.fresh, strict=True)
            if fresh
        ]
        compiling = max(0.0, fmean(late)) if late else 0.0
        known, total = set(self._layers), 0.0
        for batch in batches:
            total += each + rate * _work(batch) + (0.0 if batch.layer in known else compiling)
            known.add(batch.layer)
        return total / self.workers

    def _line(self) -> tuple[float, float] | None:
        """Return seconds for each batch and for each unit of work, neither below zero.

        It is None as long as batches of one amount of work are all that is known.
        """
        measured = list(zip(self.work, self.seconds, self.fresh, strict=True))
        pairs = [(work, took) for work, took, fresh in measured if not fresh]
        if len({work for work, _ in pairs}) < 2:
            pairs = [(work, took) for work, took, _ in measured]
        if len({work for work, _ in pairs}) < 2:
            return None
        mean_work, mean_seconds = (fmean(values) for values in zip(*pairs, strict=True))
        spread = sum((work - mean_work) ** 2 for work, _ in pairs)
        share = sum((work - mean_work) * (took - mean_seconds) for work, took in pairs)
        slope = share / spread
        if slope <= 0:
            return mean_seconds, 0.0
        if mean_seconds - slope * mean_work < 0:
            return 0.0, sum(took for _, took in pairs) / sum(work for work, _ in pairs)
        return mean_seconds - slope * mean_work, slope


def _work(batch: Batch) -> float:
    return batch.work * len(batch.items)


def spoken(seconds: float) -> str:
    """Return a time as people say it.

    Example:
        >>> spoken(40), spoken(200), spoken(9000)
        ('less than a minute', 'about 3 minutes', 'about 2.5 hours')
    """
    if seconds < 50:
        return "less than a minute"
    if seconds < 5400:
        minutes = max(1, round(seconds / 60))
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"
    if seconds < 48 * 3600:
        return f"about {seconds / 3600:.1f} hours"
    return f"about {seconds / 86400:.1f} days"
