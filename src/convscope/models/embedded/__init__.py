"""The network that ships inside the package, so that everything works at once and offline."""

from pathlib import Path
from typing import Any

from convscope.models.embedded.architecture import from_weights

WEIGHTS = Path(__file__).with_name("vgg16_tiny.npz")
LABELS = Path(__file__).with_name("tiny_imagenet_labels.txt")


def vgg16_tiny() -> Any:
    """Build `vgg16-tiny`: VGG16 at half the width, trained on the 200 classes of Tiny ImageNet.

    Input (batch, 64, 64, 3) as `keras.applications.vgg16.preprocess_input` makes it: BGR, minus the
    mean colour, on 0..255. Output (batch, 200), probabilities in the order of `labels()`.
    """
    return from_weights(WEIGHTS)


def labels() -> tuple[str, ...]:
    """Return the 200 class names, in the order of their sorted WordNet ids."""
    return tuple(LABELS.read_text(encoding="utf-8").splitlines())
