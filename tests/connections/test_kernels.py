"""A slice of weights says how much a response grows with each input: it predicts the layer."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.connections.kernels import slices
from convscope.errors import ModelError

KINDS = {
    "convolution": lambda: layers.Conv2D(4, 3, use_bias=False),
    "grouped": lambda: layers.Conv2D(6, 3, groups=2, use_bias=False),
    "depthwise": lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False),
    "separable": lambda: layers.SeparableConv2D(4, 3, depth_multiplier=2, use_bias=False),
    "dense": lambda: layers.Dense(5, use_bias=False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_slices_of_every_kind_predict_the_layer(kind):
    layer = KINDS[kind]()
    patch = np.random.default_rng(0).normal(size=(1, 3, 3, 4)).astype("float32")
    patch = patch[:, 1:2, 1:2] if kind == "dense" else patch
    layer.build(patch.shape)
    answer = ops.convert_to_numpy(layer(patch)).ravel()
    for unit in range(len(answer)):
        found = slices(layer, unit, "layer")
        assert found.shape == patch.shape[1:]
        assert (found * patch[0]).sum() == pytest.approx(answer[unit], abs=1e-5)


def test_what_has_no_kernel_is_refused():
    pool = layers.MaxPooling2D()
    with pytest.raises(
        ModelError, match=r"pool \(MaxPooling2D\) has no kernel.*a layer that convo"
    ):
        slices(pool, 0, "pool")
    with pytest.raises(ModelError, match="has no kernel"):
        slices(keras.layers.Conv2DTranspose(2, 3), 0, "up")
