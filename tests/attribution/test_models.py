"""However a model is built, of the same layers, every method finds the same in it."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.attribute import attribute
from convscope.attribution.methods.table import METHODS
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


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_same_however_the_model_is_built(built, method):
    (photo,) = pictures(1)
    first, *others = (attribute(each, photo, "classes:2", method=method) for each in built)
    assert np.isfinite(first.map).all()
    assert np.ptp(first.map) > 0
    for other in others:
        np.testing.assert_allclose(other.map, first.map, rtol=1e-4, atol=1e-6)
