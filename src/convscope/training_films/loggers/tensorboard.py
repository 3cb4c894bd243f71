"""Pictures for TensorBoard, written by tensorboardX without any framework."""

import os
from typing import Any, TypeAlias

from convscope.errors import need
from convscope.training_films.loggers import GROUP, Pictures

Folder: TypeAlias = str | os.PathLike[str]

NEEDS = ("tensorboardX", "tensorboard")  # the module, and the extra that brings it


class TensorBoardLogger:
    """A folder of logs, with one tag a unit.

    Args:
        folder: where TensorBoard looks; made if missing.
    """

    def __init__(self, folder: Folder) -> None:
        self._writer: Any = need(*NEEDS).SummaryWriter(os.fspath(folder))

    def add(self, pictures: Pictures, at: int) -> None:
        """Add the pictures of one moment, at its number of batches."""
        for unit, picture in pictures.items():
            tag = f"{GROUP}/{unit.replace(':', '/')}"
            self._writer.add_image(tag, picture, at, dataformats="HWC")
        self._writer.flush()

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
