"""Pictures for the current run of Trackio."""

from typing import Any

from convscope.errors import InputError, need
from convscope.training_films.loggers import GROUP, Pictures

NEEDS = ("trackio", "trackio")


class TrackioLogger:
    """The run of ``trackio.init``; the batch is logged beside the pictures.

    Raises:
        InputError: there is no run.
    """

    def __init__(self) -> None:
        self._trackio: Any = need(*NEEDS)
        self._run: Any = self._trackio.context_vars.current_run.get()
        if self._run is None:
            raise InputError.expected("a run of trackio", "none", "Try: trackio.init() before fit.")

    def add(self, pictures: Pictures, at: int) -> None:
        """Add the pictures of one moment, and its number of batches."""
        shown = {f"{GROUP}/{unit}": self._trackio.Image(each) for unit, each in pictures.items()}
        self._run.log({**shown, f"{GROUP}/batch": at})

    def close(self) -> None:
        """Do nothing: the run is the user's."""
