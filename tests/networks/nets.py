"""Tiny models whose answers are known on paper, in every shape that users build them in."""

import keras
import numpy as np
from keras import layers

from convscope.networks.network import Network
from convscope.networks.preprocessing import PREPROCESSING

SIDE = 8


def pictures(count=2, side=SIDE, channels=3, seed=0):
    """Random pictures in [0, 1], (count, side, side, channels)."""
    return np.random.default_rng(seed).random((count, side, side, channels)).astype("float32")


def settle(model, seed=1):
    """Give every weight a value that NumPy drew, so that backends and builds agree.

    Biases are above zero, so that no layer is silent as a whole.
    """
    chance = np.random.default_rng(seed)
    for variable in model.weights:
        values = chance.normal(0, 0.4, variable.shape)
        if "variance" in variable.name:
            values = np.abs(values) + 0.5
        if variable.name == "bias":
            values = np.abs(values)
        variable.assign(values.astype("float32"))
    return model


def body(prefix="", channels=3, **settings):
    """Two convolutions and a pool, 8x8 to 2x2x4, functional."""
    image = keras.Input((SIDE, SIDE, channels))
    flow = layers.Conv2D(3, 3, activation="relu", name=f"{prefix}first", **settings)(image)
    flow = layers.Conv2D(4, 3, activation="relu", name=f"{prefix}second", **settings)(flow)
    flow = layers.MaxPooling2D(2, name=f"{prefix}pool", **settings)(flow)
    return keras.Model(image, flow, name=f"{prefix}body")


def functional(head="softmax"):
    """The body with a class layer, flat."""
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(3, 3, activation="relu", name="first")(image)
    flow = layers.Conv2D(4, 3, activation="relu", name="second")(flow)
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    return settle(
        keras.Model(image, layers.Dense(5, activation=head, name="classes")(flow), name="flat")
    )


def sequential():
    """The same as a Sequential."""
    return settle(
        keras.Sequential(
            [
                keras.Input((SIDE, SIDE, 3)),
                layers.Conv2D(3, 3, activation="relu", name="first"),
                layers.Conv2D(4, 3, activation="relu", name="second"),
                layers.GlobalAveragePooling2D(name="mean"),
                layers.Dense(5, activation="softmax", name="classes"),
            ],
            name="row",
        )
    )


def nested():
    """Transfer learning: a functional backbone inside another model."""
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    flow = body()(flow)
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    return settle(
        keras.Model(image, layers.Dense(5, activation="softmax", name="classes")(flow), name="warm")
    )


def doubly_nested():
    """A model in a model in a Sequential."""
    image = keras.Input((SIDE, SIDE, 3))
    outer = keras.Model(image, body()(image), name="outer")
    return settle(
        keras.Sequential(
            [
                keras.Input((SIDE, SIDE, 3)),
                outer,
                layers.Flatten(name="flat"),
                layers.Dense(5, name="classes"),
            ],
            name="deep",
        )
    )


@keras.saving.register_keras_serializable("convscope_tests")
class Doubling(layers.Layer):
    """A layer of someone's own, with a layer inside."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.inner = layers.Conv2D(4, 3, activation="relu", name="second")

    def build(self, shape):
        self.inner.build(shape)
        self.built = True

    def call(self, values):
        return 2 * self.inner(values)


class Subclassed(keras.Model):
    """A model in plain Python, with an if and a loop that no graph shows."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.first = layers.Conv2D(3, 3, activation="relu", name="first")
        self.block = Doubling(name="block")
        self.classes = layers.Dense(5, name="classes")

    def call(self, values, training=False):
        flow = self.block(self.first(values))
        if training:
            flow = flow * 0
        return keras.ops.softmax(self.classes(keras.ops.mean(flow, axis=(1, 2))))


def subclassed():
    """A subclassed model that was called once."""
    model = Subclassed(name="plain")
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    return settle(model)


MODELS = {
    "functional": (functional, "second"),
    "sequential": (sequential, "second"),
    "nested": (nested, "body/second"),
    "doubly_nested": (doubly_nested, "outer/body/second"),
    "subclassed": (subclassed, "block/second"),
}


def network(model, size=(SIDE, SIDE), channels=3, labels=None, feed="zero-to-one"):
    """The model as a network."""
    return Network(model, PREPROCESSING[feed], size, channels, labels, model.name)


def convolved(values, layer):
    """What a convolution without padding computes before its activation function, in NumPy."""
    kernel, bias = (keras.ops.convert_to_numpy(weight) for weight in (layer.kernel, layer.bias))
    down, across = kernel.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(values, (down, across), axis=(1, 2))
    return np.einsum("nhwcij,ijco->nhwo", windows, kernel) + bias
