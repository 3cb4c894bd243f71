"""Networks whose words at a place, and whose inversions, are known on paper."""

import keras
import numpy as np
from keras import layers

from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

SIDE = 8
RED, GREEN, BLUE = range(3)
LABELS = ("red", "green", "blue")


def colours(classes=True):
    """Each colour passes through a convolution and, averaged in fours, another; then classes.

    'first' is (8, 8, 3), 'second', after a pool, (4, 4, 3): channel by channel the colours.
    """
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(3, 1, activation="relu", name="first")(image)
    flow = layers.AveragePooling2D(2, name="pool")(flow)
    flow = layers.Conv2D(3, 1, activation="relu", name="second")(flow)
    if classes:
        flow = layers.GlobalAveragePooling2D(name="mean")(flow)
        flow = layers.Dense(3, activation="softmax", name="classes")(flow)
    model = keras.Model(image, flow)
    alike = np.eye(3, dtype="float32")
    for name in ("first", "second"):
        model.get_layer(name).set_weights([alike[None, None], np.zeros(3, "float32")])
    if classes:
        model.get_layer("classes").set_weights([20 * alike, np.zeros(3, "float32")])
    return Network(model, Preprocessing(), (SIDE, SIDE), 3, LABELS if classes else None, "colours")


def deep(strides):
    """A convolution for every stride, 'conv0', 'conv1', ..., on gray pictures."""
    image = flow = keras.Input((16, 16, 1))
    for number, stride in enumerate(strides):
        flow = layers.Conv2D(1, 3, stride, padding="same", name=f"conv{number}")(flow)
    return Network(keras.Model(image, flow), Preprocessing(), (16, 16), 1, None, "deep")


def photo(colour=RED):
    """(8, 8, 3): dark gray, but for a bright square of one colour in the lower left."""
    picture = np.full((SIDE, SIDE, 3), 0.2, "float32")
    picture[4:6, 2:4, colour] = 1.0
    return picture
