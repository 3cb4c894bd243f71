"""What is explained in a comparison: a network, photos, and for each its likeliest class."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import networks

# Where CAMs look; the last maps of SqueezeNet have one channel a class, which leaves no choice.
LAYERS = {"vgg16-tiny": "block5_conv3", "squeezenet": "fire9_concat"}
SIZE = 227  # of SqueezeNet's pictures


@dataclass(frozen=True, eq=False)
class Subject:
    """One network with its photos.

    Args:
        network: ours.
        entry: how it is handed to other tools.
        layer: where CAMs look.
        photos: (n, size, size, 3) in [0, 1].
        targets: the index of a class for each photo.
        made: our maps of them, by method and settings.
    """

    network: Any
    entry: networks.Entry
    layer: str
    photos: np.ndarray
    targets: tuple[int, ...]
    made: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The side of the photos."""
        return self.entry.size

    @property
    def patch(self) -> tuple[int, int]:
        """Side and stride of patches that cover the photos without any being cut at the edge.

        About an eighth of the side, and half of that; tools differ in what a cut patch is.
        """
        return patches(self.size)

    def noise(self, samples: int, share: float) -> np.ndarray:
        """What our SmoothGrad adds to its copies with seed 0: (photos, samples, size, size, 3)."""
        draws = [
            np.random.default_rng([0, sample]).standard_normal(self.photos.shape[1:], "float32")
            for sample in range(samples)
        ]
        return np.stack([share * np.ptp(photo) * np.stack(draws) for photo in self.photos])


def patches(size: int) -> tuple[int, int]:
    """The side and stride nearest to an eighth and a sixteenth of ``size`` that leave no rest.

    Example:
        >>> patches(64)
        (8, 4)
    """
    fitting = [
        (side, stride)
        for side in range(2, size)
        for stride in range((side + 1) // 2, side + 1)
        if (size - side) % stride == 0
    ]
    return min(fitting, key=lambda pair: abs(pair[0] - size / 8) + abs(pair[1] - size / 16))


def subject(name: str, squeezenet: Path | None, folder: Path) -> Subject:
    """Open a network, and the photos of a folder as it is fed them."""
    from convscope.networks.photo import to_input

    entry = networks.entries(squeezenet, SIZE)[name]
    network = networks.opened(entry.load)
    photos = np.stack([to_input(network, path) for path in found(folder)])
    likeliest = network.probabilities(photos).argmax(axis=1)
    return Subject(network, entry, LAYERS[name], photos, tuple(map(int, likeliest)))


def found(folder: Path) -> Sequence[Path]:
    """The photos in a folder.

    Raises:
        SystemExit: there are none.
    """
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not paths:
        raise SystemExit(f"Expected photos (.jpg or .png) in {folder}.")
    return paths
