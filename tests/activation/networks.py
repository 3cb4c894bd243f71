"""Networks small enough to know on paper what they answer."""

import numpy as np

from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

LABELS = ("dark", "bright")


def colours(bgr=False, channels=3, separate=False):
    """A 1x1 convolution of three channels: 2 * first - 1, the last colour, and nothing.

    ``separate`` makes its ReLU a layer of its own. Then one number, a dense layer and two classes.
    """
    from keras import Input, Model, layers

    image = flow = Input((4, 6, channels))
    flow = layers.Conv2D(3, 1, activation=None if separate else "relu", name="mix")(flow)
    if separate:
        flow = layers.ReLU(name="mix_relu")(flow)
    flow = layers.DepthwiseConv2D(1, use_bias=False, name="twice")(flow)
    flow = layers.GlobalAveragePooling2D(name="pool")(flow)
    flow = layers.Dense(2, activation="softmax", name="classes")(flow)
    model = Model(image, flow)
    kernel = np.zeros((1, 1, channels, 3), "float32")
    kernel[0, 0, 0, 0] = 2
    kernel[0, 0, -1, 1] = 1
    model.get_layer("mix").set_weights([kernel, np.array([-1, 0, 0], "float32")])
    model.get_layer("twice").set_weights([np.full((1, 1, 3, 1), 2, "float32")])
    model.get_layer("classes").set_weights(
        [np.array([[0, 1], [0, 1], [0, 0]], "float32"), np.zeros(2, "float32")]
    )
    return Network(model, Preprocessing(bgr=bgr), (4, 6), channels, LABELS, "colours")


def deep(depth):
    """Many convolutions of one channel each, on gray pictures, without a class layer."""
    from keras import Input, Model, layers

    image = flow = Input((8, 8, 1))
    for number in range(depth):
        flow = layers.Conv2D(1, 3, padding="same", name=f"conv{number}")(flow)
    return Network(Model(image, flow), Preprocessing(), (8, 8), 1, None, "deep")


def photo():
    """(4, 6, 3): black, but for one red place and one blue row."""
    picture = np.zeros((4, 6, 3), "float32")
    picture[1, 2, 0] = 1.0
    picture[3, :, 2] = 0.5
    return picture
