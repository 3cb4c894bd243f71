"""All loggers of a training together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np

from convscope import images
from convscope.errors import InputError, need, refuse_unknown
from convscope.training_films.loggers import Logger, Pictures, tensorboard
from convscope.training_films.loggers.table import LOGGERS
from convscope.training_films.result import Moment

Loggers: TypeAlias = str | Logger | Sequence[str | Logger]


class TrainingLoggers:
    """All loggers of a training. One that fails is closed, and the others go on.

    Args:
        loggers: names in ``LOGGERS``, or loggers of one's own.
        folder: of TensorBoard's logs.
        warn: called with a sentence when a logger fails.

    Raises:
        UnknownName: no logger has this name.
        InputError: one is no logger.
        MissingExtra: its library is not installed.
    """

    def __init__(
        self, loggers: Loggers, folder: tensorboard.Folder | None, warn: Callable[[str], None]
    ) -> None:
        some = [loggers] if isinstance(loggers, (str, Logger)) else loggers
        self._openers = [_opener(each) for each in some]
        if folder is not None:
            need(*tensorboard.NEEDS)
            self._openers.append(lambda: tensorboard.TensorBoardLogger(folder))
        self._open: list[Logger] = []
        self._warn = warn

    def open(self, labels: tuple[str, ...]) -> None:
        """Begin a training; only now, since the user's run may begin after the callback is made.

        Args:
            labels: of the units.

        Raises:
            InputError: a logger has no run.
        """
        self._labels = labels
        self._open = [opens() for opens in self._openers]

    def add(self, moment: Moment) -> None:
        """Give the pictures of one moment to every logger."""
        pictures = _colored(moment, self._labels) if self._open else {}
        for logger in tuple(self._open):
            with self._dropping(logger):
                logger.add(pictures, moment.at)

    def close(self) -> None:
        """End the training."""
        for logger in tuple(self._open):
            with self._dropping(logger):
                logger.close()
        self._open = []

    @contextmanager
    def _dropping(self, logger: Logger) -> Iterator[None]:
        """Leave out a logger from here on if it fails: a training must not end for it."""
        try:
            yield
        except Exception as error:
            self._open.remove(logger)
            why = " ".join(f"{type(error).__name__}: {error}".split())
            self._warn(f"{type(logger).__name__} has failed and gets no more pictures ({why}).")


def _opener(given: str | Logger) -> Callable[[], Logger]:
    if isinstance(given, str):
        refuse_unknown("logger", [given], LOGGERS)
        opens, needs = LOGGERS[given]
        need(*needs)
        return opens
    if not isinstance(given, Logger):
        names = ", ".join(map(repr, LOGGERS))
        raise InputError.expected(f"{names} or an object with add() and close()", repr(given))
    return lambda: given


def _colored(moment: Moment, labels: tuple[str, ...]) -> Pictures:
    """Return the pictures of a moment with three channels each; they are bytes already."""
    found = {}
    for label, picture in zip(labels, moment.pictures, strict=True):
        shown = images.channel_strip(picture)
        found[label] = np.stack([shown] * 3, axis=2) if shown.ndim == 2 else shown
    return found
