"""The networks inside the package, which work at once and offline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convscope.networks.loading.embedded.architecture import from_weights

LABELS = Path(__file__).with_name("tiny_imagenet_labels.txt")


@dataclass(frozen=True)
class Embedded:
    """The files of one network: its weights, and statistics of its responses."""

    weights: Path
    natural: Path

    @classmethod
    def of(cls, stem: str) -> "Embedded":
        """Return the files in this folder whose names begin with ``stem``."""
        folder = Path(__file__).parent
        return cls(folder / f"{stem}.npz", folder / f"{stem}_natural.npz")

    def build(self) -> Any:
        """Return the network: VGG16 at half the width, with the 200 classes of Tiny ImageNet.

        Its input is (batch, 64, 64, 3) as `keras.applications.vgg16.preprocess_input` makes it: BGR
        on 0..255, minus the mean colour. Its output is (batch, 200), probabilities in the order of
        `labels()`.
        """
        return from_weights(self.weights)


# A further one is a row here, a function below, and a row in the zoo.
# training/README.md says where weights come from.
NETWORKS = {
    "vgg16-tiny": Embedded.of("vgg16_tiny"),
    "vgg16-tiny-robust": Embedded.of("vgg16_tiny_robust"),
}


def vgg16_tiny() -> Any:
    """Return `vgg16-tiny`, trained on pictures as they are."""
    return NETWORKS["vgg16-tiny"].build()


def vgg16_tiny_robust() -> Any:
    """Return `vgg16-tiny-robust`, trained on pictures that an adversary had changed."""
    return NETWORKS["vgg16-tiny-robust"].build()


def labels() -> tuple[str, ...]:
    """Return the 200 class names, in the order of their sorted WordNet ids."""
    return tuple(LABELS.read_text(encoding="utf-8").splitlines())
