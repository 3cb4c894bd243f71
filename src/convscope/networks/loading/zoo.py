"""The networks known by name: how to build each, and its preprocessing in training.

Another package adds a ``ZooEntry`` by an entry point of the group ``convscope.networks``.
"""

import contextlib
import math
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from convscope import backend
from convscope.backend import Model, keras
from convscope.brief import Brief
from convscope.errors import MissingWeights, ModelError, installing
from convscope.networks.error_summary import error_summary, reported
from convscope.networks.loading import archive, efficientnet_lite0, embedded
from convscope.networks.loading.embedded import architecture
from convscope.plugins import Table

EMBEDDED = "vgg16-tiny"  # the one that is meant if none is named
LITE = "efficientnet-lite0"  # its weights are in a package of their own
RANDOM = "random"  # weights that were never trained, for comparison
LABELS = Path(__file__).with_name("imagenet_labels.txt")


@dataclass(frozen=True)
class ZooEntry(Brief):
    """How to build one network and how to preprocess its pictures.

    Args:
        builder: dotted path of the function that builds it, imported only when asked for. Another
            package's takes no arguments, and returns the trained model.
        side: height and width of the pictures it was trained on.
        preprocessing: a name in ``PREPROCESSING``, or a text that ``Preprocessing.parse`` reads.
        extra: the extra of this package that brings its weights, if they come with none of ours.
        labels: the names of its classes in order, if another package brings it; empty if not known.
    """

    builder: str
    side: int
    preprocessing: str
    extra: str | None = None
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the network's pictures."""
        return self.side, self.side


def _application(name: str, side: int, preprocessing: str) -> ZooEntry:
    return ZooEntry(f"keras.applications.{name}", side, preprocessing)


# keras.applications calls these three 'caffe', 'tf' and 'torch'; the fourth is inside the model.
_CAFFE, _TF, _TORCH, _INSIDE = (
    "bgr-centred",
    "minus-one-to-one",
    "imagenet-normalised",
    "zero-to-255",
)

_OWN = {
    EMBEDDED: ZooEntry("convscope.networks.loading.embedded.vgg16_tiny", 64, _CAFFE),
    "vgg16-tiny-plain": ZooEntry(
        "convscope.networks.loading.embedded.vgg16_tiny_plain", 64, _CAFFE
    ),
    LITE: ZooEntry(
        "convscope.networks.loading.efficientnet_lite0.efficientnet_lite0",
        efficientnet_lite0.SIDE,
        efficientnet_lite0.PREPROCESSING,
        extra=efficientnet_lite0.EXTRA,
    ),
    "vgg16": _application("VGG16", 224, _CAFFE),
    "vgg19": _application("VGG19", 224, _CAFFE),
    "resnet50": _application("ResNet50", 224, _CAFFE),
    "resnet101": _application("ResNet101", 224, _CAFFE),
    "resnet152": _application("ResNet152", 224, _CAFFE),
    "resnet50v2": _application("ResNet50V2", 224, _TF),
    "resnet101v2": _application("ResNet101V2", 224, _TF),
    "resnet152v2": _application("ResNet152V2", 224, _TF),
    "inception_v3": _application("InceptionV3", 299, _TF),
    "inception_resnet_v2": _application("InceptionResNetV2", 299, _TF),
    "xception": _application("Xception", 299, _TF),
    "mobilenet": _application("MobileNet", 224, _TF),
    "mobilenet_v2": _application("MobileNetV2", 224, _TF),
    "mobilenet_v3_small": _application("MobileNetV3Small", 224, _INSIDE),
    "mobilenet_v3_large": _application("MobileNetV3Large", 224, _INSIDE),
    "efficientnet_b0": _application("EfficientNetB0", 224, _INSIDE),
    "efficientnet_b1": _application("EfficientNetB1", 240, _INSIDE),
    "efficientnet_b2": _application("EfficientNetB2", 260, _INSIDE),
    "efficientnet_b3": _application("EfficientNetB3", 300, _INSIDE),
    "efficientnet_b4": _application("EfficientNetB4", 380, _INSIDE),
    "efficientnet_b5": _application("EfficientNetB5", 456, _INSIDE),
    "efficientnet_b6": _application("EfficientNetB6", 528, _INSIDE),
    "efficientnet_b7": _application("EfficientNetB7", 600, _INSIDE),
    "efficientnet_v2_b0": _application("EfficientNetV2B0", 224, _INSIDE),
    "efficientnet_v2_b1": _application("EfficientNetV2B1", 240, _INSIDE),
    "efficientnet_v2_b2": _application("EfficientNetV2B2", 260, _INSIDE),
    "efficientnet_v2_b3": _application("EfficientNetV2B3", 300, _INSIDE),
    "efficientnet_v2_s": _application("EfficientNetV2S", 384, _INSIDE),
    "efficientnet_v2_m": _application("EfficientNetV2M", 480, _INSIDE),
    "efficientnet_v2_l": _application("EfficientNetV2L", 480, _INSIDE),
    "convnext_tiny": _application("ConvNeXtTiny", 224, _INSIDE),
    "convnext_small": _application("ConvNeXtSmall", 224, _INSIDE),
    "convnext_base": _application("ConvNeXtBase", 224, _INSIDE),
    "convnext_large": _application("ConvNeXtLarge", 224, _INSIDE),
    "convnext_xlarge": _application("ConvNeXtXLarge", 224, _INSIDE),
    "densenet121": _application("DenseNet121", 224, _TORCH),
    "densenet169": _application("DenseNet169", 224, _TORCH),
    "densenet201": _application("DenseNet201", 224, _TORCH),
    "nasnet_mobile": _application("NASNetMobile", 224, _TF),
    "nasnet_large": _application("NASNetLarge", 331, _TF),
}

ZOO = Table(
    "convscope.networks", _OWN, lambda row: isinstance(row, ZooEntry), "a ZooEntry of this module"
)


def builder(entry: ZooEntry) -> Callable[..., Model]:
    """Return the function that builds a network."""
    module, _, name = entry.builder.rpartition(".")
    return getattr(import_module(module), name)


def remedy(name: str) -> str | None:
    """Return the command that installs the weights of a network; None if they need none."""
    extra = ZOO[name].extra
    return installing(extra) if extra and not efficientnet_lite0.installed() else None


def labels(name: str, classes: int) -> tuple[str, ...] | None:
    """Return the names of a network's classes, in the order of its outputs; None if not known.

    Args:
        name: a name in ``ZOO``.
        classes: how many outputs it has; an embedded network has fewer with some weights.
    """
    if name in embedded.NETWORKS:
        return embedded.labels()[:classes]
    if name not in ZOO.own:
        return ZOO[name].labels or None
    return imagenet_labels()


def imagenet_labels() -> tuple[str, ...]:
    """Return the names of ImageNet's 1000 classes, in the order of Keras's networks."""
    return tuple(LABELS.read_text(encoding="utf-8").splitlines())


def build(name: str, weights: str | os.PathLike[str] | None = None) -> tuple[Model, bool]:
    """Return a network of the zoo, and whether it has its class layer.

    Args:
        name: a name in ``ZOO``.
        weights: None for the network's own, trained on ImageNet, of which Keras's are downloaded
            once; an official .h5 file, with or without top; or ``RANDOM``.

    Returns:
        The Keras model, and whether it has its classes.
    """
    with preserve_randomness():
        if name in embedded.NETWORKS:
            return _embedded(name, weights), True
        if name not in ZOO.own:
            return _of_plugin(name, weights), True
        if weights is None:
            return _downloaded(name), True
        if weights == RANDOM:
            model = _made(name, weights=None)
            randomize(model)
            return model, True
        return _from_file(name, Path(weights))


def _embedded(name: str, weights: str | os.PathLike[str] | None) -> Model:
    if weights == RANDOM:
        model = architecture.build(embedded.NETWORKS[name].classes)
        randomize(model)
        return model
    return builder(ZOO[name])() if weights is None else architecture.from_weights(Path(weights))


def _of_plugin(name: str, weights: str | os.PathLike[str] | None) -> Model:
    """Build a network of another package, whose code may fail in any way."""

    def failed(error: Exception) -> ModelError:
        return ModelError(
            f"The plug-in that brings {name} could not build it ({error_summary(error)}). "
            "Try: ask the authors of the package."
        )

    if weights not in (None, RANDOM):
        raise ModelError.expected(
            f"{RANDOM!r} or no weights for {name}, which a plug-in brings", f"weights={weights!r}"
        )
    with reported(failed):
        model = builder(ZOO[name])()
    if not isinstance(model, keras.Model):
        raise ModelError.expected(f"a keras.Model from the plug-in of {name}", repr(model))
    if weights == RANDOM:
        randomize(model)
    return model


def _made(name: str, *, top: bool = True, **settings: Any) -> Model:
    """Call the row's builder, at the row's own size if it has a class layer."""
    if name == LITE:
        return efficientnet_lite0.efficientnet_lite0(**settings)
    entry, shape = ZOO[name], None
    if top:
        first = keras.config.image_data_format() == "channels_first"
        shape = (3, *entry.size) if first else (*entry.size, 3)
    with warnings.catch_warnings():
        # Without top, MobileNets warn that they cannot know the size; any will do.
        warnings.filterwarnings("ignore", message="`input_shape` is undefined")
        try:
            return builder(entry)(include_top=top, input_shape=shape, **settings)
        except ValueError as error:
            if "not available with" not in str(error):
                raise
            backend = keras.backend.backend()  # NASNetMobile on PyTorch, in Keras 3.15
            raise ModelError(
                f"Keras has no {name} on {backend}. Try: KERAS_BACKEND=tensorflow or jax."
            ) from error


@contextlib.contextmanager
def preserve_randomness() -> Iterator[None]:
    """Restore the state of Python's ``random`` after a block; Keras seeds new layers from it."""
    before = random.getstate()
    try:
        yield
    finally:
        random.setstate(before)


def _downloaded(name: str) -> Model:
    """Return Keras's own weights, from its cache or downloaded, with progress on stderr."""

    def missing(error: Exception) -> MissingWeights:
        return MissingWeights(
            f"The ImageNet weights of {name} are not in {backend.home() / 'models'} and could not "
            f"be downloaded ({error_summary(error)}). Give Keras's own .h5 file, --weights FILE or "
            f"weights=; {EMBEDDED} works at once, offline."
        )

    with reported(missing), contextlib.redirect_stdout(sys.stderr):
        return _made(name, weights="imagenet")


def _from_file(name: str, path: Path) -> tuple[Model, bool]:
    """Return the network with an official file's weights, with classes if the file has them."""
    reasons = []
    _checked(name, path)
    for top in (True, False) if name != LITE else (True,):
        model = _made(name, top=top, weights=None)
        try:
            model.load_weights(path)
            return model, top
        except Exception as error:  # whatever Keras and HDF5 raise on a file that does not fit
            reasons.append(error_summary(error))
    raise ModelError.expected(
        f"the Keras weights of {name}, with or without top",
        f"{path.name}, which does not fit ({reasons[0]})",
        f"Try: the official .h5 file of {name}, or pass a whole model instead of its weights.",
    )


def _checked(name: str, path: Path) -> Path:
    """Refuse a file that is not a weight file, before anything is built."""
    import h5py

    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise MissingWeights.expected(f"the weights of {name}", f"{path}, {what}")
    if not h5py.is_hdf5(path) or path.suffix not in (".h5", ".hdf5"):
        raise ModelError(
            f"Expected the weights of {name}, a whole .h5 file. Received: {path.name}, which is "
            "none or was cut short. Try: fetch it again."
        )
    with h5py.File(path, "r") as file:
        archive.refuse_odd_arrays(file, path)
    return path


def randomize(model: Model) -> None:
    """Replace every kernel by noise that keeps the size of responses (He 2015).

    The noise is NumPy's, keyed by the kernel's place, so it is the same on every backend.
    """
    for index, (layer, kernel) in enumerate(_kernels(model)):
        shape = tuple(kernel.shape)
        apart = isinstance(layer, keras.layers.DepthwiseConv2D) or "depthwise" in kernel.name
        inputs = math.prod(shape[:2] if apart else shape[:-1])
        noise = np.random.default_rng([index]).standard_normal(shape)
        kernel.assign((noise * math.sqrt(2 / inputs)).astype("float32"))


def _kernels(model: Model) -> Iterator[tuple[Any, Any]]:
    for layer in model._flatten_layers(include_self=False):
        if not list(layer._flatten_layers(include_self=False)):
            if isinstance(layer, keras.layers.Normalization):
                continue  # fitted to data: a part of the preprocessing
            for variable in layer.weights:  # those that are frozen, too
                if len(variable.shape) > 1:
                    yield layer, variable
