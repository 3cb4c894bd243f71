"""Labels of photos: the names of the folders that they are in."""

from pathlib import PurePosixPath

import numpy as np

from convscope.datasets.photos import Photos
from convscope.printable import printable


def folder_labels(photos: Photos) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the labels of photos: a photo at ``animal/tiger/x.jpg`` has 'animal' and 'tiger'.

    Of folders with the same photos in them the innermost counts: what holds one folder alone says
    nothing more.

    Args:
        photos: a folder or an archive.

    Returns:
        The labels, sorted, and (photos, labels) of bool.

    Example:
        >>> from pathlib import Path
        >>> files = ("all/cat/1.png", "all/dog/2.png", "all/dog/3.png")
        >>> names, own = folder_labels(Photos(Path("x.zip"), files, ""))
        >>> names, own[:, 2]
        (('all', 'cat', 'dog'), array([False,  True,  True]))
    """
    rows: dict[str, list[int]] = {}
    depth: dict[str, int] = {}
    for row, name in enumerate(photos.names):
        for level, part in enumerate(PurePosixPath(name).parts[:-1]):
            label = printable(part)
            rows.setdefault(label, []).append(row)
            depth[label] = max(level, depth.get(label, 0))
    innermost = {
        tuple(dict.fromkeys(rows[each])): each for each in sorted(rows, key=depth.__getitem__)
    }
    labels = sorted(innermost.values())
    table = np.zeros((len(photos.names), len(labels)), bool)
    for column, label in enumerate(labels):
        table[rows[label], column] = True
    return tuple(labels), table
