"""A place in a photo and the neuron that looks at it: exact where that is known on paper."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.places import sight
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.regions import Region, region


def info(shape, field, stride):
    return LayerInfo("conv", "Conv2D", (*shape, 1), field, stride, 0)


@pytest.mark.parametrize("pixel", range(16))
def test_pools_and_strides_of_two_are_exact(pixel):
    for times in (1, 2, 4, 8):
        found = sight(
            info((16 // times, 4), times, float(times)), Region(0, 0, 16, 4 * times), (pixel, 0)
        )
        assert found.neuron == (pixel // times, 0)
        assert (found.down.begin, found.down.end) == (
            pixel // times * times,
            pixel // times * times + times,
        )


@pytest.mark.parametrize("at", [(5, 5), (0, 9)])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(2, 2, "valid"), (3, 1, "valid"), (3, 1, "same"), (5, 1, "valid"), (3, 2, "valid")],
)
def test_a_neuron_answers_to_what_it_is_said_to_see_and_to_nothing_else(
    kernel, stride, padding, at
):
    # One bright pixel after the other: where the neuron answers is its field.
    image = keras.Input((11, 11, 1))
    flow = layers.Conv2D(1, kernel, stride, padding, use_bias=False, name="conv")(image)
    model = keras.Model(image, flow)
    model.set_weights([np.ones((kernel, kernel, 1, 1), "float32")])
    network = Network(model, Preprocessing(), (11, 11), 1, None, "field")
    info = network.layers["conv"]
    found = sight(info, region(network, info), at)
    points = np.eye(121, dtype="float32").reshape(121, 11, 11, 1)
    maps = network.activations(points, [Tap("conv")])[Tap("conv")]
    seen = maps[:, found.neuron[0], found.neuron[1], 0].reshape(11, 11) > 0
    assert seen[at]
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    assert (rows[0], rows[-1] + 1) == (found.down.begin, found.down.end)
    assert (columns[0], columns[-1] + 1) == (found.across.begin, found.across.end)


def test_the_field_stays_inside_the_photo():
    corner = sight(info((4, 4), 9, 2.0), Region(0, 0, 8, 8), (0, 7))
    assert corner.neuron == (0, 3)
    assert (corner.down.begin, corner.across.end) == (0, 8)
    assert corner.down.length < 9


def test_without_known_strides_neurons_are_spread_evenly_and_see_everything():
    found = sight(info((4, 2), None, None), Region(0, 0, 8, 8), (7, 3))
    assert found.neuron == (3, 0)
    assert (found.down.begin, found.down.end) == (0, 8)


def test_a_stride_that_cannot_be_is_not_believed():
    # A branch that shrinks more, beside one that does not: the survey knows the larger stride.
    assert sight(info((8, 8), 3, 2.0), Region(0, 0, 8, 8), (5, 2)).neuron == (5, 2)
