"""Along the blur: what it blurs to, what it adds up to, and that the authors' sum tends to it."""

import numpy as np
import pytest
from keras import ops

from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.attribution.methods.path import blurred
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError
from convscope.networks.loading.load import load
from convscope.networks.photo import to_input
from convscope.objectives import unit
from convscope.transforms import Blur
from tests.attribution import networks
from tests.attribution.networks import score_of, weights

CLASS = 1
TARGET = "predictions:bee"
METHOD = "blur-integrated-gradients"


def found(network, photo, **settings):
    return attribute(network, photo, TARGET, method=METHOD, **settings)


@pytest.mark.parametrize("steps", [1, 5])
def test_of_a_linear_model_every_pixel_gets_what_its_blur_takes_from_it(linear, photo, steps):
    result = found(linear, photo, steps=steps, sigma=2.5)
    change = photo - blurred(photo, 2.5)
    expected = (change * weights(linear)[..., CLASS]).sum(axis=2)
    np.testing.assert_allclose(result.map, expected, rtol=1e-3, atol=1e-4)
    assert abs(result.gap) < 1e-3
    assert result.baseline_score == pytest.approx(
        score_of(linear, blurred(photo, 2.5), CLASS), abs=1e-3
    )


def test_the_gap_closes_with_steps(convolutional, photo):
    few, many = (found(convolutional, photo, steps=steps) for steps in (2, 64))
    for result in (few, many):
        total = result.map.sum(dtype="float64") - (result.score - result.baseline_score)
        np.testing.assert_allclose(result.gap, total, atol=1e-5)
    assert abs(many.gap) < 0.2 * abs(few.gap)


def test_the_authors_sum_of_slopes_times_the_blurs_rate_tends_to_the_same_map(photo):
    network, many, little = networks.convolutional("tanh"), 200, 0.01
    decision = Explanation(network, photo, unit(TARGET).resolved(network)[0])
    sigmas = np.arange(many) * 3 / many
    points = [blurred(photo, sigma) for sigma in sigmas]
    further = [blurred(photo, sigma + little) for sigma in sigmas]
    rates = (np.array(further) - np.array(points)) / little
    expected = -(decision.slopes(points) * rates).sum(axis=(0, 3)) * 3 / many
    result = found(network, photo, steps=64, sigma=3)
    np.testing.assert_allclose(result.map, expected, atol=0.02 * np.abs(expected).max())


@pytest.mark.parametrize("sigma", [0.4, 1.5, 3.0])
def test_the_blur_is_a_gaussian_of_the_grid_mirrored_at_the_edges(photo, sigma):
    special = pytest.importorskip("scipy.special")
    filters = pytest.importorskip("scipy.ndimage")
    kernel = special.ive(np.arange(-40, 41), sigma**2)  # Lindeberg 1990
    expected = filters.convolve1d(filters.convolve1d(photo, kernel, 0), kernel, 1)
    np.testing.assert_allclose(blurred(photo, sigma), expected, atol=1e-4)


def test_a_wide_blur_is_that_of_the_authors_but_for_the_edges():
    filters = pytest.importorskip("scipy.ndimage")
    large = networks.photo(side=40)
    theirs = filters.gaussian_filter(large, (3, 3, 0), mode="constant")
    middle = slice(13, 27)
    ours = blurred(large, 3)
    np.testing.assert_allclose(ours[middle, middle], theirs[middle, middle], atol=0.01)
    assert theirs[0, 0].max() < 0.5 * ours[0, 0].min()  # theirs darken


def test_the_blur_is_that_of_the_transforms(photo):
    sigmas = np.array([0.7, 2.5], "float32")
    theirs = Blur.apply(*map(ops.convert_to_tensor, (np.stack([photo, photo]), sigmas)))
    for sigma, expected in zip(sigmas, ops.convert_to_numpy(theirs), strict=True):
        np.testing.assert_allclose(blurred(photo, float(sigma)), expected, atol=1e-5)


def test_the_blur_keeps_the_mean_adds_up_and_begins_with_the_photo(photo):
    np.testing.assert_allclose(blurred(photo, 2).mean(), photo.mean(), rtol=1e-4)
    np.testing.assert_allclose(blurred(blurred(photo, 3), 4), blurred(photo, 5), atol=1e-5)
    np.testing.assert_array_equal(blurred(photo, 0), photo)


def test_steps_even_in_the_root_of_the_blur_change_photos_more_evenly():
    network = load()

    def longest(photo, power):
        sigmas = 16 * np.linspace(1, 0, 33) ** power
        changes = np.diff([blurred(photo, sigma) for sigma in sigmas], axis=0)
        return np.sqrt((changes**2).sum(axis=(1, 2, 3))).max()

    for photo in (to_input(network, path) for path in PHOTOS):
        assert longest(photo, 2) < 0.5 * longest(photo, 1)


def test_settings_and_caption(convolutional, photo):
    result = found(convolutional, photo)
    assert result.settings["sigma"] == 3  # a quarter of twelve
    assert "of the blurred photo" in result.caption()
    with pytest.raises(InputError, match=r"a sigma above 0.*blurs nothing"):
        found(convolutional, photo, sigma=0)
    with pytest.raises(InputError, match=r"sigma to be a number from 0 to 100.*101"):
        found(convolutional, photo, sigma=101)
