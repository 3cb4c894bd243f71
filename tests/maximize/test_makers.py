"""Channels that are passed on are climbed before their own activation function."""

import numpy as np
import pytest

from convscope import objectives
from convscope.film import animate
from convscope.maximize import gallery, maximize
from convscope.maximize.makers import where_made
from convscope.models.taps import Tap
from tests.silent import silent_on_gray


def test_every_unit_of_a_sum_is_asked_where_it_is_made():
    network = silent_on_gray()
    (asked,) = objectives.parse("2 * joined:2 - pool:0 - l2").resolved(network)
    assert str(where_made(network, [asked])[asked]) == "2 * right:0 - left:0 - l2"


def test_what_makes_its_own_channels_is_asked_itself():
    network = silent_on_gray()
    texts = ("left:1", "joined:1@center")
    asked = [each for text in texts for each in objectives.parse(text).resolved(network)]
    assert where_made(network, asked) == {each: each for each in asked}


def test_a_silent_start_is_left_behind_and_the_response_is_that_of_the_layer_asked():
    network = silent_on_gray()
    joined, pooled, made = gallery(network, "joined:3", "pool:3", "right:1", steps=12)
    assert made.picture.std() > 0.1  # gray as it began, there would be nothing to see
    np.testing.assert_array_equal(joined.picture, made.picture)
    np.testing.assert_array_equal(pooled.picture, made.picture)
    assert str(joined.unit) == "joined:3"
    heard = network.look(joined.picture[None], [Tap("joined")])[Tap("joined")]
    assert joined.response == pytest.approx(heard[..., 3].mean())
    assert joined.response > max(0.0, made.response)  # without what is below zero


def test_a_film_leaves_it_behind_too():
    film = animate(silent_on_gray(), "joined:3", steps=12)
    assert film.pictures[-1].std() > 10 * film.pictures[0].std()
    assert film.scores[-1] > 0


def test_a_range_over_several_makers_is_what_each_is_alone():
    network = silent_on_gray()
    alone = maximize(network, "joined:3", steps=12)
    np.testing.assert_array_equal(
        alone.picture, gallery(network, "joined:*", steps=12).results[3].picture
    )
