"""However a model is built, of the same layers, every method finds the same in it."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.attribution.attribute import attribute
from convscope.attribution.methods.table import ANYWHERE
from convscope.errors import InputError
from tests.networks.nets import SIDE, network, pictures, settle

HEADS = {"mean": layers.GlobalAveragePooling2D, "dense": layers.Flatten}


def parts(head):
    """The body's layers, and the head's."""
    body = [
        layers.Conv2D(3, 3, activation="relu", name="first"),
        layers.Conv2D(4, 3, activation="relu", name="second"),
    ]
    return body, [HEADS[head](name="vector"), layers.Dense(5, "softmax", name="classes")]


class Written(keras.Model):
    """A model in plain Python."""

    def __init__(self, head):
        super().__init__(name="written")
        self.body, self.end = parts(head)

    def call(self, values):
        for layer in [*self.body, *self.end]:
            values = layer(values)
        return values


def functional(head):
    body, end = parts(head)
    flow = image = keras.Input((SIDE, SIDE, 3))
    for layer in [*body, *end]:
        flow = layer(flow)
    return keras.Model(image, flow)


def sequential(head):
    body, end = parts(head)
    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), *body, *end])


def nested(head):
    body, end = parts(head)
    image = keras.Input((SIDE, SIDE, 3))
    flow = keras.Sequential([keras.Input((SIDE, SIDE, 3)), *body], name="body")(image)
    for layer in end:
        flow = layer(flow)
    return keras.Model(image, flow)


def subclassed(head):
    model = Written(head)
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    return model


@pytest.fixture(scope="module", params=HEADS)
def built(request):
    """The same network, built in four ways."""
    makes = (functional, sequential, nested, subclassed)
    return [network(settle(make(request.param))) for make in makes]


@pytest.mark.parametrize("method", ANYWHERE)
def test_every_method_finds_the_same_however_the_model_is_built(built, method):
    (photo,) = pictures(1)
    first, *others = (attribute(each, photo, "classes:2", method=method) for each in built)
    assert np.isfinite(first.map).all()
    assert np.ptp(first.map) > 0
    for other in others:
        np.testing.assert_allclose(other.map, first.map, rtol=1e-4, atol=1e-6)


class Calling(keras.Model):
    """A model in plain Python that calls its activation function by itself."""

    def __init__(self, function):
        super().__init__(name="calling")
        self.function = function
        self.first = layers.Conv2D(3, 3, name="first")
        self.mean = layers.GlobalAveragePooling2D(name="mean")
        self.classes = layers.Dense(5, name="classes")

    def call(self, values):
        return self.classes(self.mean(self.function(self.first(values))))


def layered():
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(3, 3, activation="relu", name="first")(image)
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    return keras.Model(image, layers.Dense(5, name="classes")(flow))


def calling(function):
    model = Calling(function)
    model(np.zeros((1, SIDE, SIDE, 3), "float32"))
    return model


def graphed(function):
    image = keras.Input((SIDE, SIDE, 3))
    flow = function(layers.Conv2D(3, 3, name="first")(image))
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    return keras.Model(image, layers.Dense(5, name="classes")(flow))


RELUS = {
    "relu": ops.relu,
    "maximum": lambda values: ops.maximum(values, 0),
    "clip": lambda values: ops.clip(values, 0, 1000),
}


@pytest.mark.parametrize("method", ["guided-backpropagation", "lrp-epsilon"])
@pytest.mark.parametrize("make", [calling, graphed])
@pytest.mark.parametrize("kind", RELUS)
def test_a_relu_that_is_no_layer_is_found_by_the_methods_that_change_it(kind, make, method):
    (photo,) = pictures(1)
    expected = attribute(network(settle(layered())), photo, "classes:2", method=method)
    found = attribute(network(settle(make(RELUS[kind]))), photo, "classes:2", method=method)
    np.testing.assert_allclose(found.map, expected.map, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("make", [calling, graphed])
def test_guided_backpropagation_without_any_relu_is_refused(make):
    (photo,) = pictures(1)
    own = network(settle(make(ops.tanh)))
    with pytest.raises(InputError, match="has none"):
        attribute(own, photo, "classes:2", method="guided-backpropagation")
