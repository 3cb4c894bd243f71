"""Tiny vision transformers of plain Keras layers, whose attention is known on paper."""

import keras
import numpy as np
from keras import layers, ops

from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

SIZE = (8, 16)  # two rows of four patches, so that rows and columns cannot be confused
PATCH = 4
CHANNELS = 6
LABELS = ("ant", "bee", "cat")


class Prefix(layers.Layer):
    """Learned tokens before those of the patches, and a learned place added to each."""

    def __init__(self, count, **settings):
        super().__init__(**settings)
        self.count = count

    def build(self, shape):
        self.tokens = self.add_weight(shape=(1, self.count, shape[-1]), name="tokens")
        self.places = self.add_weight(shape=(1, shape[1] + self.count, shape[-1]), name="places")

    def call(self, rows):
        tokens = ops.broadcast_to(self.tokens, (ops.shape(rows)[0], self.count, rows.shape[-1]))
        return ops.concatenate([tokens, rows], axis=1) + self.places


class First(layers.Layer):
    """What the first token has become."""

    def call(self, rows):
        return rows[:, 0]


def transformer(prefix=1, blocks=2, size=SIZE, dropout=0.0, conv=True, seed=3):
    """Patches, some tokens before them, blocks of attention, and classes.

    Classes are read from the first token, or from the mean of all if there are none beside the
    patches. Without ``conv`` the patches are cut by reshaping, and no layer gives a map.
    """
    rows, columns = (side // PATCH for side in size)
    inputs = keras.Input((*size, 3))
    if conv:
        flow = layers.Conv2D(CHANNELS, PATCH, strides=PATCH, name="patches")(inputs)
        flow = layers.Reshape((rows * columns, CHANNELS), name="row")(flow)
    else:
        flow = layers.Reshape((rows, PATCH, columns, PATCH, 3), name="cut")(inputs)
        flow = layers.Permute((1, 3, 2, 4, 5), name="order")(flow)
        flow = layers.Reshape((rows * columns, 3 * PATCH**2), name="row")(flow)
        flow = layers.Dense(CHANNELS, name="patches")(flow)
    if prefix:
        flow = Prefix(prefix, name="tokens")(flow)
    for number in range(1, blocks + 1):
        normed = layers.LayerNormalization(name=f"norm{number}")(flow)
        attention = layers.MultiHeadAttention(2, 3, dropout=dropout, name=f"attention{number}")
        flow = layers.Add(name=f"sum{number}")([flow, attention(normed, normed)])
        wide = layers.Dense(8, "gelu", name=f"wide{number}")(flow)
        flow = layers.Add(name=f"block{number}")([flow, layers.Dense(CHANNELS)(wide)])
    read = First(name="first") if prefix else layers.GlobalAveragePooling1D(name="mean")
    outputs = layers.Dense(3, name="predictions")(read(flow))
    return network(keras.Model(inputs, outputs), size, seed)


def network(model, size, seed=3):
    """The network of a model, with weights that NumPy drew."""
    draw = np.random.default_rng(seed)
    for variable in model.weights:
        variable.assign(draw.normal(0, 0.5, variable.shape).astype("float32"))
    return Network(model, Preprocessing(), size, labels=LABELS, name="tiny")


def photo(size=SIZE, seed=0):
    """Random pixels."""
    return np.random.default_rng(seed).random((*size, 3), "float32")


def patches(picture):
    """The pixels of each patch, row by row: (patches, 3 * PATCH ** 2)."""
    rows, columns = (side // PATCH for side in picture.shape[:2])
    cut = picture.reshape(rows, PATCH, columns, PATCH, 3).transpose(0, 2, 1, 3, 4)
    return cut.reshape(rows * columns, -1)
