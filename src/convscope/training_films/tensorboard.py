"""Pictures for TensorBoard, written by tensorboardX without any framework."""

import os
from typing import Any

import numpy as np

from convscope import images
from convscope.errors import need
from convscope.training_films.result import Moment

NEEDS = ("tensorboardX", "tensorboard")  # the module, and the extra that brings it


class TensorBoardWriter:
    """A folder of logs that gets the pictures of each moment, one tag a unit.

    Args:
        folder: where TensorBoard looks; made if missing.
        labels: of the units.
    """

    def __init__(self, folder: str | os.PathLike[str], labels: tuple[str, ...]) -> None:
        self._writer: Any = need(*NEEDS).SummaryWriter(os.fspath(folder))
        self._labels = labels

    def show(self, moment: Moment) -> None:
        """Add the pictures of one moment, at its number of batches."""
        for label, picture in zip(self._labels, moment.pictures, strict=True):
            shown = images.channel_strip(picture)
            gray = shown.ndim == 2
            seen = np.repeat(shown[:, :, None], 3, axis=2) if gray else shown
            tag = f"convscope/{label.replace(':', '/')}"
            self._writer.add_image(tag, seen, moment.at, dataformats="HWC")
        self._writer.flush()

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
