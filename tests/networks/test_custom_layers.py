"""Custom layers: gates keep places where they are, and a tuple stands for its first tensor."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.attribution.attribute import attribute
from convscope.errors import InputError
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import Preprocessing
from tests.networks import transformers

SIDE = 8


class Gate(layers.Layer):
    """Squeeze-and-excitation: each channel times what a dense layer makes of all their means."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.reduce = layers.Dense(4, "relu", name="reduce")
        self.expand = layers.Dense(6, "sigmoid", name="expand")

    def call(self, maps):
        return maps * self.expand(self.reduce(ops.mean(maps, axis=(1, 2), keepdims=True)))


class Mirror(Gate):
    """A gate that mirrors the maps, too."""

    def call(self, maps):
        return ops.flip(super().call(maps), axis=2)


class Pair(layers.Layer):
    """A block that gives its maps and what it has no use for."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.inner = layers.Conv2D(6, 3, padding="same", name="inner")

    def call(self, maps):
        maps = ops.tanh(self.inner(maps))
        return maps, ops.mean(maps, axis=(1, 2))


class Alone(Pair):
    """The same, with maps alone."""

    def call(self, maps):
        return super().call(maps)[0]


def network(middle, depth=2):
    """Maps of 8x8, a custom layer, one more convolution, and classes."""
    inputs = keras.Input((SIDE, SIDE, 3))
    flow = inputs
    for number in range(depth):
        flow = layers.Conv2D(6, 5, padding="same", activation="relu", name=f"conv{number}")(flow)
    given = middle(flow)
    given = given[0] if isinstance(given, (tuple, list)) else given
    flow = layers.Conv2D(6, 3, padding="same", name="last")(given)
    outputs = layers.Dense(3, name="predictions")(layers.GlobalAveragePooling2D()(flow))
    model = keras.Model(inputs, outputs)
    draw = np.random.default_rng(3)
    for variable in model.weights:
        variable.assign(draw.normal(0, 0.5, variable.shape).astype("float32"))
    return Network(model, Preprocessing(), (SIDE, SIDE), name="tiny")


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).random((SIDE, SIDE, 3), "float32")


def test_a_gate_keeps_places_where_they_are_though_it_looks_at_all_of_them(photo):
    found = network(Gate(name="gate"))
    assert found.layer("gate").upright
    assert found.layer("last").upright
    assert attribute(found, photo, "predictions:0", method="grad-cam").settings["layer"] == "last"


def test_a_layer_that_mirrors_maps_does_not(photo):
    found = network(Mirror(name="gate"))
    assert not found.layer("gate").upright
    with pytest.raises(InputError, match="do not lie in the order of the photo's"):
        attribute(found, photo, "predictions:0", method="grad-cam", layer="gate")


def test_a_layer_is_asked_again_without_a_trace():
    layer = Gate(name="gate")
    found = network(layer)
    assert list(found.layers).count("gate/reduce") == 1
    assert found.layer("gate").calls == found.layer("gate/reduce").calls == 1


@pytest.mark.parametrize("method", ["grad-cam", "ablation-cam", "eigen-cam"])
def test_a_tuple_stands_for_its_first_tensor(photo, method):
    maps = {}
    for kind in (Pair, Alone):
        found = network(kind(name="block"))
        assert found.layer("block").shape == (SIDE, SIDE, 6)
        tap = Tap("block", after=True)
        seen = found.activations(photo[None], [tap])[tap]
        heat = attribute(found, photo, "predictions:0", method=method, layer="block")
        maps[kind] = seen, heat.map
        assert heat.map.any()
    for one, other in zip(maps[Pair], maps[Alone], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_blocks_of_a_transformer_that_give_tuples_have_ends():
    class Block(layers.Layer):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.norm = layers.LayerNormalization(name="norm")
            self.attention = layers.MultiHeadAttention(2, 3, name="attention")

        def call(self, rows):
            normed = self.norm(rows)
            given, weights = self.attention(normed, normed, return_attention_scores=True)
            return rows + given, weights

    inputs = keras.Input((*transformers.SIZE, 3))
    flow = layers.Conv2D(6, 4, strides=4, name="patches")(inputs)
    flow = layers.Reshape((8, 6), name="row")(flow)
    flow = transformers.Prefix(1, name="tokens")(flow)
    for number in (1, 2):
        flow = Block(name=f"block{number}")(flow)[0]
    outputs = layers.Dense(3, name="predictions")(transformers.First(name="first")(flow))
    found = transformers.network(keras.Model(inputs, outputs), transformers.SIZE)
    assert found.layer("block1").prefix == 1
    for method in ("legrad", "attention-rollout", "grad-cam"):
        assert attribute(found, transformers.photo(), "predictions:1", method=method).map.any()
    assert found.units("block2/attention:h1@cls")
