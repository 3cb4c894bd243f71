"""The networks inside the package, which work at once and offline."""

from dataclasses import dataclass
from pathlib import Path

from convscope.backend import Model
from convscope.networks.loading.embedded.architecture import from_weights

# The 200 classes of Tiny ImageNet by WordNet id, and six more.
LABELS = Path(__file__).with_name("labels.txt")


@dataclass(frozen=True)
class Embedded:
    """The files of one network: weights, statistics of responses, units in words; its classes."""

    weights: Path
    natural: Path
    words: Path
    classes: int

    @classmethod
    def of(cls, stem: str, classes: int) -> "Embedded":
        """Return the files in this folder whose names begin with ``stem``."""
        folder = Path(__file__).parent
        weights, natural, words = (
            folder / f"{stem}{part}.npz" for part in ("", "_natural", "_words")
        )
        return cls(weights, natural, words, classes)

    def build(self) -> Model:
        """Return the network: VGG16 at half the width.

        Its input is (batch, 64, 64, 3) as `keras.applications.vgg16.preprocess_input` makes it: BGR
        on 0..255, minus the mean colour. Its output is (batch, classes), probabilities in the order
        of ``labels()``.
        """
        return from_weights(self.weights)


# A further one is a row here, a function below, and a row in the zoo.
# training/README.md says where weights come from.
NETWORKS = {
    "vgg16-tiny": Embedded.of("vgg16_tiny", classes=206),
    "vgg16-tiny-plain": Embedded.of("vgg16_tiny_plain", classes=200),
}


def vgg16_tiny() -> Model:
    """Return `vgg16-tiny`, trained on pictures of which an adversary changed many a little."""
    return NETWORKS["vgg16-tiny"].build()


def vgg16_tiny_plain() -> Model:
    """Return `vgg16-tiny-plain`, trained on pictures as they are."""
    return NETWORKS["vgg16-tiny-plain"].build()


def labels() -> tuple[str, ...]:
    """Return the names of all classes; a network with fewer has the first ones, in this order."""
    return tuple(LABELS.read_text(encoding="utf-8").splitlines())
