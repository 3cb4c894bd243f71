"""A network of which plain gray gets no answer."""

import keras
import numpy as np
from keras import layers

from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing


def silent_on_gray():
    """Two convolutions, `left` and `right`, silent on gray; concatenated, `joined`; then `pool`."""
    image = keras.Input((32, 32, 3))
    parts = [
        layers.Conv2D(2, 3, padding="same", activation="relu", name=name)(image)
        for name in ("left", "right")
    ]
    flow = layers.MaxPooling2D(name="pool")(layers.Concatenate(name="joined")(parts))
    model = keras.Model(image, flow)
    chance = np.random.default_rng(0)
    for name in ("left", "right"):
        kernel = chance.normal(size=(3, 3, 3, 2)).astype("float32")
        kernel -= kernel.mean(axis=(0, 1, 2))  # so that gray of any brightness sums to zero
        model.get_layer(name).set_weights([kernel, np.full(2, -2.0, "float32")])
    return Network(model, Preprocessing(), (32, 32), 3, None, "silent")
