"""Taps hear what NumPy computes, and leave every model exactly as it was."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.models import taps
from convscope.models.layers import leaves
from convscope.models.taps import Tap
from tests.models.nets import (
    MODELS,
    SIDE,
    body,
    convolved,
    doubly_nested,
    functional,
    nested,
    network,
    pictures,
    settle,
)


def state(model):
    """What is in every layer's dictionary, by identity."""
    parts = [model, *model._flatten_layers(include_self=False)]
    return [{name: id(value) for name, value in vars(part).items()} for part in parts]


def weights(model):
    return [keras.ops.convert_to_numpy(variable) for variable in model.weights]


def close(first, second, tolerance=1e-4):
    np.testing.assert_allclose(np.asarray(first), second, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_heard_is_what_numpy_computes(kind):
    make, address = MODELS[kind]
    model = make()
    found = leaves(model)
    first = next(layer for name, layer in found.items() if name.endswith("first"))
    seen = network(model).look(pictures(), [Tap(address), Tap(address, after=True)])
    values = pictures() * (1 / 127.5) - 1 if kind == "nested" else pictures()
    before = convolved(np.maximum(convolved(values, first), 0), found[address])
    close(seen[Tap(address)], before)
    close(seen[Tap(address, after=True)], np.maximum(before, 0))
    assert before.min() < -0.01, "nothing is cut off, so both taps would agree by chance"


@pytest.mark.parametrize("kind", MODELS)
def test_the_model_is_left_exactly_as_it_was(kind):
    make, address = MODELS[kind]
    model = make()
    model(pictures())  # whatever Keras notes at the first call is noted now
    before, values = state(model), weights(model)
    own = network(model)
    own.look(pictures(), [Tap(address), Tap(address, after=True)])
    assert own.layers
    assert state(model) == before
    for old, new in zip(values, weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("kind", MODELS)
def test_the_model_is_left_as_it_was_when_something_raises(kind):
    make, address = MODELS[kind]
    model = make()
    model(pictures())
    before = state(model)
    found = leaves(model)

    def broken(*args, **settings):
        raise RuntimeError("on purpose")

    with (
        taps.shadowed(found[address], "call", broken),
        pytest.raises(RuntimeError, match="on purpose"),
    ):
        taps.run(model, pictures(), found, frozenset([Tap("classes")]))
    assert state(model) == before


def test_the_model_runs_no_further_than_the_last_tap():
    class Trap(layers.Layer):
        armed = False

        def call(self, values):
            if self.armed:
                raise AssertionError("reached")
            return values

    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(2, 3, activation="relu", name="conv")(image)
    trap = Trap(name="trap")
    model = keras.Model(image, trap(flow))
    trap.armed = True
    heard = taps.run(model, pictures(), leaves(model), frozenset([Tap("conv", after=True)]))
    assert tuple(heard[Tap("conv", after=True)].shape) == (2, 6, 6, 2)
    with pytest.raises(AssertionError, match="reached"):
        taps.run(model, pictures(), leaves(model), frozenset([Tap("trap", after=True)]))


@pytest.mark.parametrize("make", [functional, nested, doubly_nested])
def test_pictures_of_another_size_reach_the_convolutions(make):
    model = make()
    address = next(name for name in leaves(model) if name.endswith("second"))
    seen = network(model).look(pictures(side=13), [Tap(address)])[Tap(address)]
    assert seen.shape == (2, 9, 9, 4)
    assert network(model).shape_at(address, (13, 11)) == (9, 7, 4)


def test_a_size_that_the_head_cannot_take_has_no_shape():
    assert network(doubly_nested()).shape_at("classes", (13, 13)) is None


def test_a_shared_layer_is_heard_the_first_time():
    shared = layers.Conv2D(3, 3, padding="same", name="shared")
    image = keras.Input((SIDE, SIDE, 3))
    model = settle(keras.Model(image, shared(shared(image))))
    seen = network(model).look(pictures(), [Tap("shared")])[Tap("shared")]
    padded = np.pad(pictures(), [(0, 0), (1, 1), (1, 1), (0, 0)])
    close(seen, convolved(padded, shared))


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Activation("relu", name="act"),
        lambda: layers.ReLU(name="act"),
        lambda: layers.LeakyReLU(negative_slope=0.0, name="act"),
    ],
)
def test_an_activation_layer_is_heard_before_and_after(make):
    image = keras.Input((SIDE, SIDE, 3))
    convolution = layers.Conv2D(4, 3, name="conv")
    model = settle(keras.Model(image, make()(convolution(image))))
    seen = network(model).look(pictures(), [Tap("act"), Tap("act", after=True), Tap("conv")])
    expected = convolved(pictures(), convolution)
    close(seen[Tap("act")], expected)
    close(seen[Tap("conv")], expected)
    close(seen[Tap("act", after=True)], np.maximum(expected, 0))


@pytest.mark.parametrize("slope", [0.0, 0.25])
def test_an_activation_that_is_a_layer_is_listened_before(slope):
    image = keras.Input((SIDE, SIDE, 3))
    convolution = layers.Conv2D(
        4, 3, activation=layers.LeakyReLU(negative_slope=slope), name="conv"
    )
    model = settle(keras.Model(image, convolution(image)))
    model(pictures())
    before = state(model)
    seen = network(model).look(pictures(), [Tap("conv"), Tap("conv", after=True)])
    expected = convolved(pictures(), convolution)
    close(seen[Tap("conv")], expected)
    close(seen[Tap("conv", after=True)], np.where(expected > 0, expected, slope * expected))
    assert state(model) == before


def test_batch_normalisation_uses_what_it_learned_and_learns_nothing():
    image = keras.Input((SIDE, SIDE, 3))
    normal = layers.BatchNormalization(name="normal")
    model = settle(keras.Model(image, normal(image)))
    before = weights(model)
    seen = network(model).look(pictures(), [Tap("normal")])[Tap("normal")]
    gamma, beta, mean, variance = before
    close(seen, (pictures() - mean) / np.sqrt(variance + normal.epsilon) * gamma + beta)
    for old, new in zip(before, weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_dropout_is_off():
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, layers.Dropout(0.9, name="drop")(image))
    seen = network(model).look(pictures(), [Tap("drop", after=True)])
    np.testing.assert_array_equal(seen[Tap("drop", after=True)], pictures())


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_models_are_heard_in_single(policy):
    model = settle(body(dtype=policy))
    seen = network(model).look(pictures(), [Tap("second")])[Tap("second")]
    found = leaves(model)
    exact = convolved(np.maximum(convolved(pictures(), found["first"]), 0), found["second"])
    assert seen.dtype == np.float32
    close(seen, exact, 0.05)
    assert not np.allclose(seen, exact, rtol=1e-7, atol=1e-7), "it ran in single precision"


def test_a_layer_that_is_never_called_is_named():
    class Lazy(keras.Model):
        def __init__(self):
            super().__init__()
            self.used = layers.Conv2D(2, 3, name="used")
            self.idle = layers.Conv2D(2, 3, name="idle")
            self.idle.build((None, SIDE, SIDE, 3))

        def call(self, values):
            return self.used(values)

    model = Lazy()
    model(pictures())
    with pytest.raises(ModelError, match="does not use these layers when called: idle"):
        taps.run(model, pictures(), leaves(model), frozenset([Tap("idle")]))
    assert list(network(model).layers) == ["used"]


def test_channels_first_maps_are_heard_channels_last():
    if keras.backend.backend() == "tensorflow":
        pytest.skip("TensorFlow has no channels-first convolution on a CPU")
    image = keras.Input((3, SIDE, SIDE))
    convolution = layers.Conv2D(4, 3, activation="relu", data_format="channels_first", name="conv")
    flow = layers.BatchNormalization(axis=1, name="normal")(convolution(image))
    model = settle(keras.Model(image, layers.ReLU(name="act")(flow)))
    own = network(model)
    assert [info.shape for info in own.layers.values()] == [(6, 6, 4)] * 3
    close(own.look(pictures(), [Tap("conv")])[Tap("conv")], convolved(pictures(), convolution))
