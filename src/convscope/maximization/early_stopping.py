"""Early stopping: when the score of a picture has stopped rising, and what its best moment was."""

import numpy as np

RISE = 0.01  # of the whole rise so far: a smaller rise does not count


class EarlyStopping:
    """The best scores of the pictures in a batch, and how many steps ago they were reached.

    Scores are averaged over some steps, since each is under different random transforms.

    Args:
        count: how many pictures.
        patience: how many steps without a rise end a picture's ascent; 0 for never.
    """

    def __init__(self, count: int, patience: int) -> None:
        self._patience = patience
        self._first: np.ndarray | None = None
        self._best = np.full(count, -np.inf)
        self._waited = np.zeros(count, int)
        self._numbers: list[np.ndarray | None] = [None] * count

    @property
    def active(self) -> np.ndarray:
        """Which pictures are not finished: (n,), true or false."""
        return (self._waited < self._patience) | (self._patience == 0)

    def start(self, scores: np.ndarray) -> None:
        """Store the scores, (steps, n), at the start of the ascent; only the first call counts."""
        if self._first is None:
            self._first = scores.mean(0)

    def update(self, places: np.ndarray, scores: np.ndarray, numbers: np.ndarray) -> None:
        """Update the best scores of the pictures at ``places`` with those of some more steps.

        Args:
            places: which pictures of the batch, (m,).
            scores: (steps, m), before each step.
            numbers: (m, ...), after the steps.
        """
        assert self._first is not None
        for place, mean, own in zip(places, scores.mean(0), numbers, strict=True):
            best = self._best[place]
            if not self.active[place]:
                continue
            rise = RISE * max(best - self._first[place], 0.0) if np.isfinite(best) else 0.0
            self._waited[place] = 0 if mean > best + rise else self._waited[place] + len(scores)
            if mean > best:
                self._best[place], self._numbers[place] = mean, own

    def best(self, numbers: np.ndarray, finished: np.ndarray) -> np.ndarray:
        """Return ``numbers`` (n, ...), with the best known ones for finished pictures."""
        rows = zip(self._numbers, numbers, finished, strict=True)
        return np.stack([own if best is None or not over else best for best, own, over in rows])
