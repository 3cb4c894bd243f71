"""Tiny networks whose right maps can be written down."""

import keras
import numpy as np
from keras import layers, ops

from convscope.attribution.layer_maps import enlarged
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import Preprocessing
from tests.networks.transformers import First, Prefix

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


def fine(activation="relu", channels=4, head="dense"):
    """One convolution whose maps have the photo's size, and a linear head: nothing is enlarged."""
    inputs = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(channels, 3, padding="same", activation=activation, name="conv")(inputs)
    vector = layers.Flatten()(maps) if head == "dense" else layers.GlobalAveragePooling2D()(maps)
    outputs = layers.Dense(3, "softmax", name="predictions")(vector)
    return _network(keras.Model(inputs, outputs), LABELS)


def hidden():
    """A convolution, a hidden layer of ReLUs, classes: what follows the maps is not linear."""
    inputs = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(inputs)
    vector = layers.Dense(8, "relu", name="hidden")(layers.Flatten()(maps))
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(vector)), LABELS)


def rectified():
    """One layer of ReLUs and the classes, on the pixels themselves."""
    inputs = keras.Input((SIDE, SIDE, 3))
    vector = layers.Dense(32, "relu", name="hidden")(layers.Flatten()(inputs))
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(vector)), LABELS)


def transformer(stem=1, back=False, learned=0):
    """Patches, attention among them, classes.

    As many heads as patches, so that the inside of attention has the shape of square maps. A
    second convolution makes the patches overlap; ``back`` lays the tokens out as maps at the end;
    with more than eight ``learned`` tokens before them they are taken for no grid.
    """
    inputs = keras.Input((SIDE, SIDE, 3))
    flow = inputs
    if stem == 2:
        flow = layers.Conv2D(4, 3, padding="same", name="stem")(flow)
    flow = layers.Conv2D(8, 4, strides=4, name="patches")(flow)
    tokens = layers.Reshape((9, 8), name="tokens")(flow)
    if learned:
        tokens = Prefix(learned, name="learned")(tokens)
    mixed = layers.MultiHeadAttention(num_heads=9, key_dim=5, name="attention")(tokens, tokens)
    tokens = layers.LayerNormalization(name="norm")(layers.Add(name="sum")([tokens, mixed]))
    tokens = layers.Dense(8, "gelu", name="mlp")(tokens)
    if back:
        maps = layers.Reshape((3, 3, 8), name="maps")(tokens)
        vector = layers.GlobalAveragePooling2D(name="mean")(maps)
    else:
        vector = layers.GlobalAveragePooling1D(name="mean")(tokens)
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(vector)), LABELS)


def vision_transformer():
    """Without any convolution: patches cut by reshaping, a class token, attention, classes."""
    side, count = 4, SIDE // 4
    inputs = keras.Input((SIDE, SIDE, 3))
    flow = layers.Reshape((count, side, count, side, 3), name="grid")(inputs)
    flow = layers.Permute((1, 3, 2, 4, 5), name="order")(flow)
    flow = layers.Reshape((count**2, side**2 * 3), name="patches")(flow)
    flow = Prefix(1, name="tokens")(layers.Dense(8, name="embedding")(flow))
    mixed = layers.MultiHeadAttention(num_heads=2, key_dim=5, name="attention")(flow, flow)
    flow = layers.LayerNormalization(name="norm")(layers.Add(name="sum")([flow, mixed]))
    flow = First(name="first")(layers.Dense(8, "gelu", name="mlp")(flow))
    return _network(keras.Model(inputs, layers.Dense(3, name="predictions")(flow)), LABELS)


def maps(network, picture, layer="conv"):
    """What a layer gives after its activation: (height, width, channels)."""
    tap = Tap(layer, after=True)
    return network.activations(picture[None], [tap])[tap][0]


def laid(coarse):
    """A map of ``convolutional`` over the photo's pixels.

    Its convolutions have no padding. The 10 cells of the first see pixels 1 to 11, a pixel apart;
    the 4 of the second see five pixels each, two apart: 2 to 10. Of both the outermost cells see
    beyond that, to the edge of the photo or, of the second, all but its last row and column.
    """
    begin, end, seen = {10: (1, 11, 12), 4: (2, 10, 11)}[coarse.shape[0]]
    whole = np.zeros((SIDE, SIDE))
    inner = enlarged(coarse, (end - begin, end - begin))
    whole[:seen, :seen] = np.pad(inner, ((begin, seen - end), (begin, seen - end)), mode="edge")
    return whole


def head(network):
    """The weights of the class layer: (features, classes)."""
    return ops.convert_to_numpy(network.model.get_layer("predictions").kernel)


def score_of(network, picture, place):
    """The logit of one class for one picture."""
    return float(scores(network, picture[None])[0, place])


def scores(network, pictures):
    """The logits of pictures: (n, classes)."""
    tap = Tap("predictions")
    return network.activations(np.asarray(pictures, "float32"), [tap])[tap]


def weights(network):
    """What the linear network's score of each class grows by, with each number of a picture."""
    in_bgr = head(network).reshape(SIDE, SIDE, 3, 3)
    return 2.0 * in_bgr[:, :, ::-1]
