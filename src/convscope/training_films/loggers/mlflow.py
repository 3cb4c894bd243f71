"""Pictures for the active run of MLflow."""

import re
from typing import Any

from convscope.errors import InputError, need
from convscope.training_films.loggers import GROUP, Pictures

NEEDS = ("mlflow", "mlflow")
REFUSED = re.compile(r"[^\w\-./ ]", re.ASCII)  # what MLflow allows in the name of a picture


class MlflowLogger:
    """The run of ``mlflow.start_run``, with the batch as the step.

    Raises:
        InputError: there is no run.
    """

    def __init__(self) -> None:
        self._mlflow: Any = need(*NEEDS)
        if self._mlflow.active_run() is None:
            hint = "Try: mlflow.start_run() before fit."
            raise InputError.expected("an active run of MLflow", "none", hint)

    def add(self, pictures: Pictures, at: int) -> None:
        """Add the pictures of one moment, at its number of batches."""
        for number, (unit, picture) in enumerate(pictures.items()):
            name = unit.replace(":", "/")
            # Where characters are replaced, two units might have one name.
            key = f"{number} {REFUSED.sub('_', name)}" if REFUSED.search(name) else name
            self._mlflow.log_image(picture, key=f"{GROUP}/{key}", step=at)

    def close(self) -> None:
        """Wait until the pictures are written. The run is the user's, and stays active."""
        self._mlflow.flush_artifact_async_logging()
