"""A layer has settled when its channels answer as they will in the end."""

import keras
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.patches.capture import Tap
from convscope.training_films.convergence import GRID, Convergence, responses, similarity
from tests.networks.nets import functional, network, pictures


@pytest.fixture
def answers():
    return np.random.default_rng(0).normal(size=(64, 512))


def test_the_end_is_like_itself(answers):
    assert similarity(answers, answers) == pytest.approx(1)


def test_scale_and_shift_do_not_matter_but_sign_does(answers):
    assert similarity(7 * answers - 3, answers) == pytest.approx(1)
    assert similarity(-answers, answers) == pytest.approx(-1)


def test_unrelated_layers_are_at_zero_even_with_more_channels_than_pictures(answers):
    # Linear CKA of these two is 0.89: with few pictures it takes any two wide layers for alike.
    other = np.random.default_rng(1).normal(size=(64, 512))
    assert abs(similarity(other, answers)) < 0.03
    one, two = other - other.mean(0), answers - answers.mean(0)
    cross, own = np.linalg.norm(one.T @ two), np.linalg.norm(one.T @ one)
    assert cross**2 / own / np.linalg.norm(two.T @ two) > 0.8


def test_it_is_the_mean_over_channels():
    last = np.array([[1.0, 0, 5], [0, 1, 5], [1, 1, 5], [0, 0, 5]])
    then = np.array([[1.0, 2, 1], [0, 2, 2], [1, 2, 3], [0, 2, 4]])
    # 1 for the first, 0 for the second, which does not vary yet; the third does not in the end.
    assert similarity(then, last) == pytest.approx(0.5)


def test_a_layer_that_is_still_in_the_end_has_no_likeness():
    assert np.isnan(similarity(np.random.default_rng(0).normal(size=(9, 2)), np.ones((9, 2))))


def test_rounding_is_no_variation():
    still = 1000 + np.random.default_rng(0).normal(size=(9, 2)) * 1e-5
    assert np.isnan(similarity(still, still))


def test_settled_is_from_where_it_stays():
    found = Convergence({"conv": (0.95, 0.5, 0.91, 1.0), "head": (0.1, 0.2, 0.3, 1.0)}, "pictures")
    assert (found.settled("conv"), found.settled("head")) == (2, 3)
    assert Convergence({"conv": (np.nan, np.nan)}, "pictures").settled("conv") is None


def test_responses_are_those_of_a_grid_of_places_before_the_activation():
    small, some = network(functional()), pictures(11)
    found = responses(small, ["first", "classes"], some)
    seen = small.activations(some, [Tap("first"), Tap("classes")])
    places = [1, 3, 5]  # of 6
    maps = seen[Tap("first")][:, places][:, :, places]
    np.testing.assert_allclose(found["first"], maps.reshape(-1, 3), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["classes"], seen[Tap("classes")], rtol=1e-5, atol=1e-6)
    assert found["first"].shape == (11 * GRID**2, 3)


def test_one_program_reads_the_weights_of_now():
    small, some = network(functional()), pictures(8)
    before = responses(small, ["first"], some)["first"]
    kernel = small.model.get_layer("first").kernel
    kernel.assign(-keras.ops.convert_to_numpy(kernel))
    after = responses(small, ["first"], some)["first"]
    bias = keras.ops.convert_to_numpy(small.model.get_layer("first").bias)
    np.testing.assert_allclose(after - bias, bias - before, atol=1e-5)
    assert len(small.programs._idle) == 1


def test_numbers_that_are_none_are_refused():
    broken = network(functional())
    kernel = broken.model.get_layer("second").kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(ModelError, match="infinite or undefined numbers at second"):
        responses(broken, ["second"], pictures(8))
