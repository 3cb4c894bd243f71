"""Channels that are passed on are maximized before their own activation function."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope import objectives
from convscope.films.animate import animate
from convscope.maximization.maximize import gallery, maximize
from convscope.maximization.pre_activation import pre_activations
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import Preprocessing
from tests.silent import silent_on_gray


def moved(network, *texts):
    """What each address or sum is maximized as, as text."""
    parsed = [each for text in texts for each in objectives.parse(text).resolved(network)]
    return [str(pre_activations(network, parsed)[each]) for each in parsed]


def test_a_channel_that_is_passed_on_is_maximized_where_it_is_made():
    found = moved(silent_on_gray(), "joined:1-2", "-pool:0")
    assert found == ["left:1", "right:0", "-left:0"]


@pytest.mark.parametrize(
    "text", ["left:1", "joined:1@center", "joined", "joined:0 - l2", "joined:0 + diversity(joined)"]
)
def test_what_makes_its_own_channels_and_sums_neurons_and_layers_are_asked_themselves(text):
    assert moved(silent_on_gray(), text) == [text]


def test_a_set_of_pictures_that_see_each_other_stays_together():
    seen = []
    gallery(
        silent_on_gray(),
        *(f"joined:{channel} + diversity(joined)" for channel in (0, 3)),
        steps=2,
        on_step=lambda batch, step: seen.append(len(batch)),
    )
    assert set(seen) == {2}


def test_a_norm_before_an_activation_makes_the_channels():
    image = keras.Input((16, 16, 3))
    flow = layers.Conv2D(2, 3, use_bias=False, name="conv")(image)
    flow = layers.ReLU(name="act")(layers.BatchNormalization(name="norm")(flow))
    joined = layers.Concatenate(name="joined")([flow, flow])
    network = Network(keras.Model(image, joined), Preprocessing(), (16, 16))
    assert moved(network, "joined:3", "act:0", "norm:1") == ["norm:1", "norm:0", "norm:1"]


def test_a_layer_that_is_called_again_is_not_mistaken_for_its_first_call():
    image = keras.Input((16, 16, 3))
    shared = layers.Conv2D(2, 3, activation="relu", name="shared")
    joined = layers.Concatenate(name="joined")([shared(image), shared(-image)])
    network = Network(keras.Model(image, joined), Preprocessing(), (16, 16))
    assert moved(network, "joined:2") == ["joined:2"]


def test_the_largest_place_of_all_is_no_mean():
    image = keras.Input((16, 16, 3))
    flow = layers.Conv2D(2, 3, activation="relu", name="conv")(image)
    ends = [
        layers.GlobalMaxPooling2D(name="largest")(flow),
        layers.GlobalAveragePooling2D(name="mean")(flow),
    ]
    network = Network(keras.Model(image, ends), Preprocessing(), (16, 16))
    assert moved(network, "largest:1", "mean:1") == ["largest:1", "conv:1"]


def test_a_silent_start_is_left_behind_and_the_response_is_that_of_the_layer_asked():
    network = silent_on_gray()
    joined, pooled, made = gallery(network, "joined:3", "pool:3", "right:1", steps=12)
    assert made.picture.std() > 0.1  # gray as it began, there would be nothing to see
    np.testing.assert_array_equal(joined.picture, made.picture)
    np.testing.assert_array_equal(pooled.picture, made.picture)
    assert str(joined.unit) == "joined:3"
    captured = network.activations(joined.picture[None], [Tap("joined")])[Tap("joined")]
    assert joined.response == pytest.approx(captured[..., 3].mean())
    assert joined.response > max(0.0, made.response)  # without what is below zero


def test_a_film_leaves_it_behind_too():
    film = animate(silent_on_gray(), "joined:3", steps=12)
    assert film.pictures[-1].std() > 10 * film.pictures[0].std()
    assert film.scores[-1] > 0


def test_a_range_over_several_makers_is_what_each_is_alone():
    network = silent_on_gray()
    alone = maximize(network, "joined:3", steps=12)
    # On some processors rounding depends on the batch; in twelve steps it moves no pixel far.
    np.testing.assert_allclose(
        alone.picture, gallery(network, "joined:*", steps=12).results[3].picture, atol=4 / 255
    )
