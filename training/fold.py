"""From the network as it is trained to the plain one: the same function with fewer layers."""

import io
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ModelError
from convscope.files import put
from convscope.networks.loading.embedded.architecture import BLOCKS, SIDE
from training.data import SPREAD
from training.network import spread

Arrays = dict[str, np.ndarray]


def fold(network: keras.Model) -> Arrays:
    """Fold the normalisation and the scaling of inputs into kernels and biases.

    Between them nothing is bent, so gamma (k x - mean) / sd + beta is a layer again, with kernel
    k gamma / sd and bias beta - mean gamma / sd. Padding is with zeros, which scaling keeps.
    A network that still averages over space is given `flatten`, as `network.carry` would.

    Returns `<layer>/kernel` and `<layer>/bias` in float32, for `architecture.assign`.
    """
    arrays: Arrays = {}
    layers = {layer.name: layer for layer in network.layers}
    for name, layer in layers.items():
        if hasattr(layer, "kernel"):
            norm = layers.get(f"{name}_norm")
            kernel, bias = _folded(layer, norm) if norm else map(_array, (layer.kernel, layer.bias))
            arrays[f"{name}/kernel"] = kernel / SPREAD if name == "block1_conv1" else kernel
            arrays[f"{name}/bias"] = bias
    channels = len(arrays["block5_conv3/bias"])
    rows = (SIDE >> len(BLOCKS)) ** 2 * channels
    arrays["fc1/kernel"] = spread(arrays["fc1/kernel"], rows)
    return arrays


# How many of float16's ten bits after the binary point are kept: 8 bring the packed weights of
# vgg16-tiny from 8.5 to 7.5 MB.
BITS = 8


def export(arrays: Arrays, path: Path) -> None:
    """Write arrays as float16, of `BITS` bits and packed; refuse what float16 cannot hold."""
    with np.errstate(over="ignore"):
        halves = {name: rounded(array).astype("float16") for name, array in arrays.items()}
    for name, half in halves.items():
        if not np.isfinite(half).all():
            raise ModelError(f"Expected {name} within ±65504, for float16. Try: more weight decay.")
    save_arrays(halves, path, np.savez_compressed)


def rounded(array: np.ndarray) -> np.ndarray:
    """Round to `BITS` bits after the binary point of each number's own power of two."""
    part, power = np.frexp(array)  # part is in [1/2, 1)
    steps = 2 ** (BITS + 1)
    return np.ldexp(np.rint(part * steps) / steps, power)


def save_arrays(arrays: Arrays, path: Path, write: Callable[..., None] = np.savez) -> None:
    """Write an .npz file whole, or not at all."""
    buffer = io.BytesIO()
    write(buffer, **arrays)
    put(path, buffer.getvalue())


def _folded(
    layer: keras.Layer, norm: keras.layers.BatchNormalization
) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel and the bias of a layer without bias and the normalisation after it."""
    gamma, beta = _array(norm.gamma), _array(norm.beta)
    mean, variance = _array(norm.moving_mean), _array(norm.moving_variance)
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return _array(layer.kernel) * factor, beta - mean * factor


def _array(variable: keras.Variable) -> np.ndarray:
    return keras.ops.convert_to_numpy(variable)
