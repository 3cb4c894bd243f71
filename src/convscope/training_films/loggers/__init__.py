"""Loggers of a training that get the pictures of each moment: one protocol, a file each."""

from collections.abc import Mapping
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

# By the text of a unit: uint8, (height, width, 3).
Pictures: TypeAlias = Mapping[str, npt.NDArray[np.uint8]]

GROUP = "convscope"  # what the names of the pictures begin with, among other things that are logged


@runtime_checkable
class Logger(Protocol):
    """Where the pictures of a training go while it runs."""

    def add(self, pictures: Pictures, at: int) -> None:
        """Add the pictures of one moment.

        Args:
            pictures: uint8 arrays, (height, width, 3), by the text of their unit.
            at: how many batches the network has been trained on.
        """

    def close(self) -> None:
        """Write what is left; called once, when the training has ended."""
