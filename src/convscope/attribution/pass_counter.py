"""The cost of a map: how many pictures the network is shown for it."""

from collections.abc import Callable


class TooManyPasses(Exception):
    """A job shows the network more pictures than it may."""


class PassCounter:
    """A counter of the pictures that a network is shown, called by an ``Explanation``.

    Args:
        most: a job that needs more is ended, at once if it says how many it needs.
        report: called with each batch's count.
    """

    def __init__(
        self, most: int | None = None, report: Callable[[int], None] | None = None
    ) -> None:
        self.passes = 0
        self._most, self._report = most, report

    def __call__(self, batch: int, total: int | None) -> None:
        """Count a batch of a job of so many pictures, where that is known."""
        # Every map tells the photo's own score, too: a job that leaves no room for it is too much.
        needs = max(self.passes + batch, total + 1 if total else 0)
        if self._most is not None and needs > self._most:
            raise TooManyPasses(f"it shows the network more than {self._most:,} pictures")
        self.passes += batch
        if self._report:
            self._report(batch)
