"""Guided ReLUs pass back what is above zero, and nothing else of them changes."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope import backend
from convscope.networks.patches.guided_relu import guided_relus, rectifiers
from tests.networks.nets import nested
from tests.networks.patches.test_capture import state

FUSED = [lambda: layers.Dense(4, activation="relu", name="hidden")]
APART = [lambda: layers.Dense(4, name="hidden"), lambda: layers.ReLU(name="relu")]
NAMED = [lambda: layers.Dense(4, name="hidden"), lambda: layers.Activation("relu", name="relu")]
LIMITED = [lambda: layers.Dense(4, activation="relu6", name="hidden")]
KINDS = [FUSED, APART, NAMED, LIMITED]

KERNEL = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
BIAS = np.array([5.0, -5.0, 5.0, 5.0], "float32")  # the second is silent
AFTER = np.array([1.0, 2.0, -3.0, 4.0], "float32")  # the third speaks against
VALUES = np.zeros((1, 3), "float32")


def model(parts):
    flow = image = keras.Input((3,))
    for part in parts:
        flow = part()(flow)
    made = keras.Model(image, layers.Dense(1, name="end", use_bias=False)(flow))
    made.get_layer("hidden").set_weights([KERNEL, BIAS])
    made.get_layer("end").set_weights([AFTER[:, None]])
    return made


def slope(model, guide, compiled=False):
    """The gradient of what a model answers, and the answer."""

    def both(values):
        def total(point):
            if not guide:
                answer = model(point)
            else:
                with guided_relus(model):
                    answer = model(point)
            return keras.ops.sum(answer), answer

        (_, answer), slopes = backend.value_and_gradient(total, values)
        return [slopes, answer]

    program = backend.compiled(both, model.variables) if compiled else both
    return [keras.ops.convert_to_numpy(x) for x in program(keras.ops.convert_to_tensor(VALUES))]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("parts", KINDS)
def test_only_what_is_active_and_speaks_for_it_is_passed_back(parts, compiled):
    made = model(parts)
    plain, answer = slope(made, False, compiled)
    np.testing.assert_allclose(plain[0], KERNEL @ (AFTER * [1, 0, 1, 1]), rtol=1e-5)
    found, same = slope(made, True, compiled)
    np.testing.assert_allclose(found[0], KERNEL @ (AFTER * [1, 0, 0, 1]), rtol=1e-5)
    np.testing.assert_array_equal(same, answer)


def test_beyond_its_limit_a_relu_passes_nothing_back():
    made = model(LIMITED)
    made.get_layer("hidden").set_weights([KERNEL, BIAS * 2])
    np.testing.assert_array_equal(slope(made, True)[0], np.zeros((1, 3)))


def test_other_activations_keep_their_slope():
    made = model([lambda: layers.Dense(4, activation="gelu", name="hidden")])
    assert not rectifiers(made)
    np.testing.assert_array_equal(slope(made, True)[0], slope(made, False)[0])


@pytest.mark.parametrize("make", [nested, lambda: model(APART), lambda: model(NAMED)])
def test_the_model_is_as_before_also_when_something_raises(make):
    made = make()
    before = state(made)
    with guided_relus(made):
        assert state(made) != before
    assert state(made) == before
    with pytest.raises(RuntimeError, match="on purpose"), guided_relus(made):
        raise RuntimeError("on purpose")
    assert state(made) == before


def hidden(function):
    """The hidden layer's numbers through a function of ``keras.ops``, in a graph."""
    image = keras.Input((3,))
    flow = function(layers.Dense(4, name="hidden")(image))
    return filled(keras.Model(image, layers.Dense(1, name="end", use_bias=False)(flow)))


class Plain(keras.Model):
    """The same in plain code."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.hidden = layers.Dense(4, name="hidden")
        self.end = layers.Dense(1, name="end", use_bias=False)

    def call(self, values):
        return self.end(self.function(self.hidden(values)))


def plain(function):
    made = Plain(function)
    made(VALUES)
    return filled(made)


def filled(made):
    made.get_layer("hidden").set_weights([KERNEL, BIAS])
    made.get_layer("end").set_weights([AFTER[:, None]])
    return made


FUNCTIONS = {
    "relu": ops.relu,
    "relu6": ops.relu6,
    "maximum": lambda x: ops.maximum(x, 0),
    "maximum, zero first": lambda x: ops.maximum(0.0, x),
    "maximum of an array": lambda x: ops.maximum(x, np.zeros(4, "float32")),
    "clip": lambda x: ops.clip(x, 0, 99),
    "activation": keras.activations.relu,
}


@pytest.mark.parametrize("make", [hidden, plain])
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_functions_that_are_a_relu_are_guided_in_graphs_and_in_plain_code(make, kind):
    made = make(FUNCTIONS[kind])
    usual, _ = slope(made, False)
    np.testing.assert_allclose(usual[0], KERNEL @ (AFTER * [1, 0, 1, 1]), rtol=1e-5)
    before = state(made)
    with guided_relus(made) as called:
        made(VALUES)
    assert called
    assert state(made) == before
    found, _ = slope(made, True)
    np.testing.assert_allclose(found[0], KERNEL @ (AFTER * [1, 0, 0, 1]), rtol=1e-5)


OTHERS = {
    "another limit": lambda x: ops.maximum(x, -9.0),
    "the larger of two": lambda x: ops.maximum(x, x - 1),
    "clip": lambda x: ops.clip(x, -9, 9),
}


@pytest.mark.parametrize("make", [hidden, plain])
@pytest.mark.parametrize("kind", OTHERS)
def test_functions_that_are_no_relu_keep_their_slope(make, kind):
    made = make(OTHERS[kind])
    np.testing.assert_array_equal(slope(made, True)[0], slope(made, False)[0])


def test_a_limit_of_the_pictures_own_numbers_is_no_relu():
    image = keras.Input((3,))
    end = layers.Dense(1, use_bias=False, name="end")(ops.clip(image + 0.5, 0, 1))
    made = keras.Model(image, end)
    made.get_layer("end").set_weights([AFTER[:3, None]])
    np.testing.assert_allclose(slope(made, True)[0][0], AFTER[:3])
