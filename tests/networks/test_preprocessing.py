"""Preprocessing: the numbers of each convention, linear, and the input left alone."""

import keras
import numpy as np
import pytest

from convscope.errors import InputError, UnknownName
from convscope.networks.preprocessing import PREPROCESSING, Preprocessing, preprocessing
from tests.networks.nets import pictures

RED = np.float32([[[[1.0, 0.0, 0.25]]]])

# What one pixel, mostly red, becomes under each convention, by hand.
BY_HAND = {
    "bgr-centred": (63.75 - 103.939, -116.779, 255 - 123.68),
    "minus-one-to-one": (1, -1, -0.5),
    "imagenet-normalised": (0.515 / 0.229, -0.456 / 0.224, (0.25 - 0.406) / 0.225),
    "zero-to-255": (255, 0, 63.75),
    "zero-to-one": (1, 0, 0.25),
}


def applied(feed, values):
    return keras.ops.convert_to_numpy(feed(keras.ops.convert_to_tensor(values)))


@pytest.mark.parametrize("name", PREPROCESSING)
def test_a_pixel_becomes_what_it_becomes_by_hand(name):
    np.testing.assert_allclose(
        applied(PREPROCESSING[name], RED).ravel(), BY_HAND[name], rtol=1e-5, atol=1e-4
    )


@pytest.mark.parametrize("name", PREPROCESSING)
def test_every_convention_is_affine(name):
    one, other = pictures(seed=1), pictures(seed=2)
    feed = PREPROCESSING[name]
    mixed = applied(feed, 0.3 * one + 0.7 * other)
    np.testing.assert_allclose(
        mixed, 0.3 * applied(feed, one) + 0.7 * applied(feed, other), rtol=1e-4, atol=1e-3
    )


@pytest.mark.parametrize("name", PREPROCESSING)
def test_the_pictures_are_left_as_they_were(name):
    values = pictures()
    before = values.copy()
    applied(PREPROCESSING[name], values)
    np.testing.assert_array_equal(values, before)


def test_a_misspelt_convention_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'zero-to-255'"):
        preprocessing("zero-to-256")


def test_a_ready_made_one_passes_through():
    own = Preprocessing(scale=3.0)
    assert preprocessing(own) is own


def test_conventions_are_described_in_words():
    assert {name: feed.describe() for name, feed in PREPROCESSING.items()} == {
        "bgr-centred": "BGR, 0..255, minus (103.939, 116.779, 123.68)",
        "minus-one-to-one": "RGB, 0..2, minus 1",
        "imagenet-normalised": (
            "RGB, 0..1, minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225)"
        ),
        "zero-to-255": "RGB, 0..255",
        "zero-to-one": "RGB, 0..1",
    }


OWN = Preprocessing(
    scale=255.0, mean=(104.00698793, 117, 123.0), deviation=(58.5, 57, 1 / 3), bgr=True
)


@pytest.mark.parametrize("feed", [*PREPROCESSING.values(), OWN])
def test_what_is_said_in_words_is_read_again(feed):
    assert preprocessing(feed.describe()) == feed
    assert preprocessing(feed.describe().lower().replace(",", " ,  ")) == feed


@pytest.mark.parametrize(
    "text",
    [
        "RGB,",
        "BGR, 1..2",
        "RGB, 0..x",
        "RGB, 0..0",
        "RGB, 0..1, minus (1, x)",
        "RGB, 0..1, divided by 0",
        "RGB, 0..1, plus 3",
        "RGB, 0..nan",
        "RGB, 0..1, minus inf",
    ],
)
def test_what_goes_on_as_no_preprocessing_does_is_refused(text):
    with pytest.raises(InputError, match="Expected a preprocessing (spelled as|of finite numbers)"):
        preprocessing(text)
