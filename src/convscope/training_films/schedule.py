"""The schedule of a training film: the batches at which it takes pictures."""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from convscope.brief import Brief
from convscope.errors import InputError

EPOCHS = "epochs"
Moments = int | str | Iterable[int]  # a count, 'epochs', or batches


@dataclass(frozen=True)
class Schedule(Brief):
    """The planned moments of a training; its start and its end are always among them.

    Args:
        batches: after how many batches, rising; None where the end is not known, and every moment
            is twice as late as the one before.
        epochs: at the end of every epoch instead.
    """

    batches: tuple[int, ...] | None = ()
    epochs: bool = False

    @classmethod
    def of(cls, moments: Moments, total: int | None) -> Self:
        """Return the plan for a training of ``total`` batches; None if the number is unknown."""
        if moments == EPOCHS:
            return cls(epochs=True)
        if isinstance(moments, int):
            return cls(None if total is None else spaced(total, moments))
        return cls(tuple(sorted({int(batch) for batch in moments})))

    def latest(self, done: int) -> int:
        """Return the latest planned moment after so many batches; 0 for the start."""
        if self.batches is None:
            return 1 << done.bit_length() - 1 if done else 0
        place = bisect.bisect_right(self.batches, done)
        return self.batches[place - 1] if place else 0

    def around(self, made: int, wanted: int, total: int | None) -> tuple[int, int]:
        """Return how many planned moments lie between two, and how many are to come.

        Args:
            made: the last moment that was filmed.
            wanted: the one that is due.
            total: batches in all; None if not known, and then nothing is to come but this one.

        Returns:
            Moments between ``made`` and ``wanted``; and those from ``wanted`` on, but the end.
        """
        if self.batches is None or total is None:
            return 0, 1
        passed = sum(made < batch < wanted for batch in self.batches)
        return passed, max(1, sum(wanted <= batch < total for batch in self.batches))

    def until(self, done: int) -> tuple[int, ...]:
        """Return all planned moments within so many batches."""
        if self.batches is None:
            return (0, *(1 << power for power in range(done.bit_length())))
        return tuple(batch for batch in self.batches if batch <= done)


def checked(moments: Moments) -> Moments:
    """Return the moments, with a list as a tuple, or refuse what is not a plan."""
    expected = "a count of 2 or more, batches such as [0, 10, 100], or 'epochs'"
    if isinstance(moments, str):
        fine = moments == EPOCHS
    elif isinstance(moments, (int, np.integer)) and not isinstance(moments, bool):
        moments, fine = int(moments), moments >= 2
    else:
        try:
            moments = tuple(moments)  # type: ignore[arg-type]
            fine = bool(moments) and all(int(each) == each >= 0 for each in moments)
        except (TypeError, ValueError):
            fine = False
    if not fine:
        raise InputError.expected(expected, f"moments={moments!r}")
    return moments


def spaced(total: int, count: int) -> tuple[int, ...]:
    """Return moments on a logarithmic scale: the start, 1 batch, ..., all of them.

    A network learns most things early, edges and colours first.

    Example:
        >>> spaced(1000, 7)
        (0, 1, 4, 16, 63, 251, 1000)
    """
    later = count - 1
    if total <= later:
        return tuple(range(total + 1))
    spaced = np.rint(np.geomspace(1, total, later)).astype(int) if later > 1 else np.array([total])
    # Two may round to one batch. The batches rise if batch minus rank never falls.
    rank = np.arange(later)
    free = np.maximum.accumulate(spaced - rank).clip(1, total - later + 1)
    return (0, *(int(batch) for batch in free + rank))
