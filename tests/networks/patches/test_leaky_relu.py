"""A leak lets a slope through dead dense units, and changes nothing else."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope import backend
from convscope.networks.layers import flat_layers
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.leaky_relu import leaky_relus
from tests.networks.nets import nested, network, pictures
from tests.networks.patches.test_capture import state

FUSED = [lambda: layers.Dense(1, activation="relu", name="unit")]
APART = [lambda: layers.Dense(1, name="unit"), lambda: layers.ReLU(name="relu")]
NAMED = [lambda: layers.Dense(1, name="unit"), lambda: layers.Activation("relu", name="relu")]


def unit(parts, bias, maps=False):
    """ReLU(sum(x) + bias), over vectors or at every place of a map."""
    flow = image = keras.Input((4, 4, 1) if maps else (3,))
    for part in parts:
        flow = part()(flow)
    model = keras.Model(image, flow)
    model.get_layer("unit").set_weights([np.ones((image.shape[-1], 1)), np.array([bias])])
    return model


def slope(model, values, leak):
    """The gradient of the sum of what a model answers, and the answer."""

    def total(point):
        if leak is None:
            answer = model(point)
        else:
            with leaky_relus(flat_layers(model), leak):
                answer = model(point)
        return keras.ops.sum(answer), answer

    (_, answer), slopes = backend.value_and_gradient(total, keras.ops.convert_to_tensor(values))
    return keras.ops.convert_to_numpy(slopes), keras.ops.convert_to_numpy(answer)


@pytest.mark.parametrize("parts", [FUSED, APART, NAMED])
def test_a_dead_unit_has_a_slope_with_a_leak_and_none_without(parts):
    values = np.ones((1, 3), "float32")
    model = unit(parts, bias=-10.0)
    np.testing.assert_array_equal(slope(model, values, None)[0], np.zeros((1, 3)))
    np.testing.assert_array_equal(slope(model, values, np.float32(0.0))[0], np.zeros((1, 3)))
    found, answer = slope(model, values, np.float32(0.25))
    np.testing.assert_allclose(found, np.full((1, 3), 0.25))
    assert answer == 0


@pytest.mark.parametrize("parts", [FUSED, APART, NAMED])
def test_a_live_unit_gets_the_leak_on_top_of_its_own_slope(parts):
    found, answer = slope(unit(parts, bias=1.0), np.ones((1, 3), "float32"), np.float32(0.25))
    np.testing.assert_allclose(found, np.full((1, 3), 1.25))
    assert answer == 4


@pytest.mark.parametrize("parts", [FUSED, APART, NAMED])
def test_maps_are_left_alone(parts):
    values = np.ones((1, 4, 4, 1), "float32")
    model = unit(parts, bias=-10.0, maps=True)
    np.testing.assert_array_equal(slope(model, values, np.float32(1.0))[0], np.zeros_like(values))


def test_what_the_network_computes_is_the_same_to_the_last_bit():
    dense = layers.Dense(64, activation="relu", name="unit")
    model = keras.Sequential([keras.Input((32,)), dense, layers.Dense(5, activation="softmax")])
    values = np.random.default_rng(0).normal(0, 3, (8, 32)).astype("float32")
    (_, plain), (_, leaky) = (slope(model, values, leak) for leak in (None, np.float32(1.0)))
    np.testing.assert_array_equal(plain, leaky)


@pytest.mark.parametrize("make", [nested, lambda: unit(FUSED, 0.0), lambda: unit(APART, 0.0)])
def test_the_model_is_as_before_also_when_something_raises(make):
    model = make()
    before = state(model)
    with leaky_relus(flat_layers(model), 1.0):
        pass
    assert state(model) == before
    with pytest.raises(RuntimeError, match="on purpose"), leaky_relus(flat_layers(model), 1.0):
        raise RuntimeError("on purpose")
    assert state(model) == before


def test_other_activations_have_a_slope_of_their_own():
    model = unit([lambda: layers.Dense(1, activation="elu", name="unit")], bias=-1.0)
    values = np.zeros((1, 3), "float32")
    np.testing.assert_array_equal(slope(model, values, None)[0], slope(model, values, 1.0)[0])


def test_a_network_sees_the_same_with_and_without():
    own = network(nested())
    tap = Tap(own.head.address)
    plain, leaky = (own.forward(pictures(), [tap], leak) for leak in (None, 1.0))
    np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(x[tap]) for x in (plain, leaky)))
