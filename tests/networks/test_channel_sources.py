"""Whose channels a layer takes: what stands between is passed over, what makes its own is not."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.errors import ModelError
from convscope.networks.channel_sources import IMAGE, channel_maker, channel_source
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from tests.networks.nets import SIDE, settle


def network(flow, name="classes", bgr=False, outputs=2):
    """A model of what ``flow`` makes of a picture, and a dense layer at its end."""
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, layers.Dense(outputs, name=name)(flow(image)))
    return Network(settle(model), Preprocessing(bgr=bgr), (SIDE, SIDE))


def test_the_first_layer_takes_the_colours_in_its_own_order():
    straight = network(lambda x: layers.Flatten()(layers.Conv2D(2, 3, name="conv")(x)))
    assert channel_source(straight, "conv").channels == ((IMAGE, 0), (IMAGE, 1), (IMAGE, 2))
    turned = network(lambda x: layers.Flatten()(layers.Conv2D(2, 3, name="conv")(x)), bgr=True)
    assert channel_source(turned, "conv").channels == ((IMAGE, 2), (IMAGE, 1), (IMAGE, 0))


PASSED = {
    "pool": layers.MaxPooling2D,
    "mean": lambda: layers.AveragePooling2D(2),
    "relu": layers.ReLU,
    "softmax": layers.Softmax,
    "dropout": lambda: layers.Dropout(0.5),
    "padding": layers.ZeroPadding2D,
    "identity": layers.Identity,
}


@pytest.mark.parametrize("kind", PASSED)
def test_what_makes_no_channels_is_passed_over(kind):
    def flow(image):
        maps = PASSED[kind]()(layers.Conv2D(3, 3, name="conv")(image))
        return layers.Flatten()(layers.Conv2D(2, 1, name="last")(maps))

    found = channel_source(network(flow), "last")
    assert found.channels == (("conv", 0), ("conv", 1), ("conv", 2))
    np.testing.assert_array_equal(found.scale, [1, 1, 1])


@pytest.mark.parametrize("kind", [layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D])
def test_a_pool_over_everything_leaves_a_vector_of_the_same_channels(kind):
    found = channel_source(
        network(lambda x: kind()(layers.Conv2D(3, 3, name="conv")(x))), "classes"
    )
    assert found.channels == (("conv", 0), ("conv", 1), ("conv", 2))
    assert found.grid is None


def test_norms_and_rescalings_are_passed_over_and_their_factors_kept():
    norm = layers.BatchNormalization(epsilon=0.0)

    def flow(image):
        maps = layers.Rescaling(-4.0)(norm(layers.Conv2D(2, 3, name="conv")(image)))
        return layers.GlobalAveragePooling2D()(layers.ReLU()(maps))

    made = network(flow)
    norm.gamma.assign([3.0, -1.0])
    norm.moving_variance.assign([4.0, 0.25])
    np.testing.assert_allclose(channel_source(made, "classes").scale, [-6.0, 8.0])


def test_a_norm_after_flattening_has_a_factor_for_each_entry():
    norm = layers.BatchNormalization(epsilon=0.0)
    made = network(lambda x: norm(layers.Flatten()(layers.Conv2D(2, 6, name="conv")(x))))
    norm.gamma.assign(np.ones(18))
    norm.moving_variance.assign(1 / np.arange(1.0, 19.0) ** 2)
    found = channel_source(made, "classes")
    np.testing.assert_allclose(found.scale, np.arange(1, 19).reshape(3, 3, 2), rtol=1e-6)


def test_flattened_maps_have_a_grid_row_by_row():
    found = channel_source(
        network(lambda x: layers.Flatten()(layers.Conv2D(2, (7, 6), name="conv")(x))), "classes"
    )
    assert found.grid == (2, 3)
    assert found.channels == (("conv", 0), ("conv", 1))
    spread = found.spread(np.arange(12))
    assert spread.shape == (2, 3, 2)
    assert spread[1, 2, 0] == 10


@pytest.mark.parametrize("shape", [layers.Flatten(), layers.Reshape((2,))])
def test_a_single_place_needs_no_grid(shape):
    def flow(image):
        maps = layers.Conv2D(2, SIDE, name="conv")(image)
        return shape(layers.ReLU()(maps))

    found = channel_source(network(flow), "classes")
    assert (found.grid, len(found.channels)) == (None, 2)
    assert found.spread(np.arange(2)).shape == (1, 1, 2)


def test_a_concatenation_is_taken_apart():
    def flow(image):
        squeezed = layers.Conv2D(2, 1, activation="relu", name="squeeze")(image)
        one = layers.Conv2D(2, 1, activation="relu", name="one")(squeezed)
        three = layers.Conv2D(3, 3, padding="same", name="three")(squeezed)
        joined = layers.MaxPooling2D()(layers.Concatenate()([three, one]))
        return layers.Flatten()(layers.Conv2D(2, 1, name="last")(joined))

    found = channel_source(network(flow), "last")
    assert found.channels == (("three", 0), ("three", 1), ("three", 2), ("one", 0), ("one", 1))
    flat = channel_source(network(flow), "classes")
    assert flat.channels == (("last", 0), ("last", 1))


def test_a_layer_gives_its_own_channels_or_those_it_passes_on():
    def flow(image):
        maps = layers.Conv2D(2, 1, name="conv")(image)
        joined = layers.Concatenate(name="joined")([layers.ReLU(name="relu")(maps), image])
        return layers.Flatten()(layers.Conv2D(2, 1, name="last")(joined))

    made = network(flow)
    assert channel_maker(made, "conv").channels == (("conv", 0), ("conv", 1))
    assert channel_maker(made, "relu").channels == (("conv", 0), ("conv", 1))
    assert channel_maker(made, "joined").channels[1:3] == (("conv", 1), (IMAGE, 0))
    assert channel_maker(made, "last").channels == (("last", 0), ("last", 1))


def test_a_sum_of_branches_makes_channels_of_its_own():
    def flow(image):
        branch = layers.Conv2D(3, 3, padding="same", name="branch")(image)
        joined = layers.ReLU()(layers.Add(name="sum")([image, branch]))
        return layers.Flatten()(layers.Conv2D(2, 1, name="last")(joined))

    assert channel_source(network(flow), "last").channels == (("sum", 0), ("sum", 1), ("sum", 2))


def test_concatenated_rows_are_no_concatenated_channels():
    def flow(image):
        maps = layers.Conv2D(2, 1, name="conv")(image)
        joined = layers.Concatenate(axis=1, name="longer")([maps, maps])
        return layers.Flatten()(layers.Conv2D(2, 1, name="last")(joined))

    assert channel_source(network(flow), "last").channels == (("longer", 0), ("longer", 1))


def test_inside_a_nested_model_and_out_of_it():
    inner = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(2, 3, name="a"),
            layers.Conv2D(2, 3, name="b"),
        ],
        name="body",
    )
    made = network(lambda x: layers.GlobalAveragePooling2D()(inner(x)))
    assert channel_source(made, "body/a").channels == ((IMAGE, 0), (IMAGE, 1), (IMAGE, 2))
    assert channel_source(made, "body/b").channels == (("body/a", 0), ("body/a", 1))
    assert channel_source(made, "classes").channels == (("body/b", 0), ("body/b", 1))


def test_what_no_layer_made_is_refused():
    made = network(lambda x: layers.Flatten()(ops.square(layers.Conv2D(2, 3, name="conv")(x))))
    with pytest.raises(ModelError, match="The input of classes comes from an operation that is"):
        channel_source(made, "classes")
    assert channel_source(made, "conv").channels[0] == (IMAGE, 0)


def test_the_model_is_afterwards_as_it_was():
    made = network(lambda x: layers.Flatten()(layers.Conv2D(2, 3, name="conv")(x)))
    before = {id(layer): dict(vars(layer)) for layer in made.model.layers}
    channel_source(made, "classes")
    assert {id(layer): dict(vars(layer)) for layer in made.model.layers} == before
