"""Pictures for the current run of Weights & Biases."""

from typing import Any

from convscope.errors import InputError, need
from convscope.training_films.loggers import GROUP, Pictures

NEEDS = ("wandb", "wandb")
BATCH = f"{GROUP}/batch"


class WandbLogger:
    """The run of ``wandb.init``, with the batch as the axis of the pictures.

    The batch is a metric of its own, since other callbacks count the run's steps in their own way,
    and wandb drops what is logged for a step that is over.

    Raises:
        InputError: there is no run.
    """

    def __init__(self) -> None:
        self._wandb: Any = need(*NEEDS)
        self._run: Any = self._wandb.run
        if self._run is None:
            raise InputError.expected("a run of wandb", "none", "Try: wandb.init() before fit.")
        self._run.define_metric(f"{GROUP}/*", step_metric=BATCH)

    def add(self, pictures: Pictures, at: int) -> None:
        """Add the pictures of one moment, at its number of batches."""
        shown = {f"{GROUP}/{unit}": self._wandb.Image(each) for unit, each in pictures.items()}
        self._run.log({**shown, BATCH: at})

    def close(self) -> None:
        """Do nothing: the run is the user's."""
