"""Tiny networks whose right maps can be written down."""

import keras
import numpy as np
from keras import layers, ops

from convscope.models.network import Network
from convscope.models.preprocessing import Preprocessing

SIDE = 12
LABELS = ("ant", "bee", "cat")


def photo(seed=0, side=SIDE):
    return np.random.default_rng(seed).random((side, side, 3), "float32")


def _network(model, labels=None):
    draw = np.random.default_rng(7)
    for variable in model.weights:
        variable.assign(draw.normal(0, 0.3, variable.shape).astype("float32"))
    feed = Preprocessing(scale=2.0, mean=(0.25, 0.5, 0.75), bgr=True)
    return Network(model, feed, (SIDE, SIDE), labels=labels, name="tiny")


def linear():
    """f(x) = w . preprocessed x + b: every slope is the same everywhere."""
    inputs = keras.Input((SIDE, SIDE, 3))
    outputs = layers.Dense(3, "softmax", name="predictions")(layers.Flatten(name="flatten")(inputs))
    return _network(keras.Model(inputs, outputs), LABELS)


def quadratic():
    """A weighted sum of squares: its slope grows evenly along any straight line."""
    inputs = keras.Input((SIDE, SIDE, 3))
    vector = layers.Flatten()(layers.Multiply()([inputs, inputs]))
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(vector)), LABELS)


def repeating():
    """One convolution, run twice over."""
    inputs = keras.Input((SIDE, SIDE, 3))
    conv = layers.Conv2D(3, 1, name="conv")
    vector = layers.GlobalAveragePooling2D()(conv(conv(inputs)))
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(vector)), LABELS)


def convolutional(activation="relu"):
    """Convolution, pooling, mean over space, classes."""
    inputs = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(4, 3, name="first", activation=activation)(inputs)
    maps = layers.Conv2D(5, 3, strides=2, name="conv", activation=activation)(maps)
    vector = layers.GlobalAveragePooling2D(name="mean")(maps)
    outputs = layers.Dense(3, "softmax", name="predictions")(vector)
    return _network(keras.Model(inputs, outputs), LABELS)


def weights(network):
    """What the linear network's score of each class grows by, with each number of a picture."""
    kernel = ops.convert_to_numpy(network.model.get_layer("predictions").kernel)
    in_bgr = kernel.reshape(SIDE, SIDE, 3, 3)
    return 2.0 * in_bgr[:, :, ::-1]
