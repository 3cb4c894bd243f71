"""A photo that has been read, with the path that it has its name by."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from convscope.images.arrays import Picture


@dataclass(frozen=True, eq=False)
class Photo(os.PathLike[str]):
    """A photo's path and its pixels: for every verb that takes a path, without reading it again.

    Args:
        path: as it was given; records contain it.
        picture: (height, width, 3) in [0, 1]; None for a photo that is read where it is needed.
    """

    path: Path
    picture: Picture | None = field(default=None, repr=False)

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem
