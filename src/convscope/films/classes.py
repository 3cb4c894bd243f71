"""The choice of the classes that a film shows, the same ones in every frame."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt


def select_classes(
    probabilities: npt.NDArray[np.float64], always: Sequence[int], count: int = 5
) -> tuple[int, ...]:
    """Return the classes that matter most over a whole film.

    Args:
        probabilities: (n, classes), a row a frame.
        always: classes that come first, whatever their probability.
        count: how many to choose in all, if there are so many.

    Returns:
        Indices of classes: those of ``always``, then the others by peak plus mean probability.

    Example:
        >>> probabilities = np.array([[0.9, 0.1, 0.0, 0.0], [0.1, 0.7, 0.2, 0.0]])
        >>> select_classes(probabilities, always=[3], count=3)
        (3, 0, 1)
    """
    weight = probabilities.max(axis=0) + probabilities.mean(axis=0)
    order = [*always, *(int(index) for index in np.argsort(-weight, kind="stable"))]
    return tuple(dict.fromkeys(order))[:count]


def distinct_labels(labels: Mapping[int, str]) -> tuple[str, ...]:
    """Return the names of classes by index, with the index where two have the same label.

    Example:
        >>> distinct_labels({134: "crane", 517: "crane", 309: "bee"})
        ('crane #134', 'crane #517', 'bee')
    """
    every = list(labels.values())
    return tuple(
        f"{label} #{index}" if every.count(label) > 1 else label for index, label in labels.items()
    )
