"""From the plain network to the one that is trained: the same function, normalised anew."""

import keras
import numpy as np
from keras import ops

from training.data import SPREAD


def unfold(plain: keras.Model, network: keras.Model, feed: np.ndarray) -> None:
    """Give a network that is trained the function of a plain one; `fold.fold` undoes it.

    Normalisation makes the size of a kernel free to choose, and how far a step turns it depends on
    that size: every unit's is given that of a fresh one (He 2015), so that a learning rate means
    what it means from scratch. The moving statistics are those of the responses to `feed`, (count,
    side, side, 3) as the network is fed, which makes normalising by a batch of such pictures nearly
    the same. A head that averages over space gets the sum of `fc1` over its cells: the same
    function only if the cells' kernels are alike, as after training with that head. Classes that
    the plain network does not know keep their fresh kernels, which come last.
    """
    normalised = {}
    for layer in network.layers:
        if not hasattr(layer, "kernel"):
            continue
        kernel, bias = (ops.convert_to_numpy(each) for each in plain.get_layer(layer.name).weights)
        if layer.name == "block1_conv1":
            kernel = kernel * SPREAD
        if layer.name == "fc1":
            kernel = kernel.reshape(-1, layer.kernel.shape[0], kernel.shape[-1]).sum(axis=0)
        if layer.bias is not None:
            fresh = (ops.convert_to_numpy(each)[..., len(bias) :] for each in layer.weights)
            pairs = zip((kernel, bias), fresh, strict=True)
            layer.set_weights([np.concatenate(pair, axis=-1) for pair in pairs])
            continue
        axes = tuple(range(kernel.ndim - 1))
        size = np.sqrt(2 / np.square(kernel).sum(axes).clip(1e-12))
        layer.kernel.assign(kernel * size)
        normalised[layer.name] = (network.get_layer(f"{layer.name}_norm"), size, bias)
        _assign(*normalised[layer.name], np.zeros_like(bias), np.ones_like(bias))
    # Now it is that function, and what each normalisation is given can be looked at.
    outputs = [network.get_layer(name).output for name in normalised]
    seen = keras.Model(network.input, outputs).predict_on_batch(feed)
    for (norm, size, bias), values in zip(normalised.values(), seen, strict=True):
        axes = tuple(range(values.ndim - 1))
        values = values.astype("float32")
        _assign(norm, size, bias, values.mean(axes), values.var(axes))


def _assign(
    norm: keras.layers.BatchNormalization,
    size: np.ndarray,
    bias: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
) -> None:
    """Normalise by these statistics and undo it: what comes out is x / size + bias."""
    deviation = np.sqrt(variance + norm.epsilon)
    norm.set_weights([deviation / size, bias + mean / size, mean, variance])
