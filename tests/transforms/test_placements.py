"""Placements: where each may look, and what it then sees."""

import numpy as np
import pytest

from convscope.transforms import Crop, Flip, Rotate, Scale, Shift, Transforms
from tests.transforms.seen import applied, chance, drawn, noise

SIZE = (8, 10)


def draws(placement, size=SIZE):
    return np.stack([placement.matrix(chance(0, step), size) for step in range(400)])


def fills(values, low, high):
    """Whether draws stay within their limits and come near them."""
    room = high - low
    assert low - 1e-9 <= values.min() < low + 0.05 * room
    assert high - 0.05 * room < values.max() <= high + 1e-9


def test_a_shift_reaches_its_share_of_the_side_either_way():
    found = draws(Shift(0.1))
    fills(found[:, 0, 2] / 2, -0.1, 0.1)
    fills(found[:, 1, 2] / 2, -0.1, 0.1)
    np.testing.assert_array_equal(found[:, :2, :2], np.broadcast_to(np.eye(2), (400, 2, 2)))


def test_a_shift_by_whole_pixels_is_a_roll_inside():
    pictures = noise(height=10)
    placed = np.stack([Shift(0.2).matrix(Fixed(1, -0.5), (10, 10))[:2]] * 2).astype("float32")
    seen = applied(Transforms(Shift(0.2)), pictures, [placed])  # two pixels down, one across
    rolled = np.roll(pictures, (-2, 1), axis=(1, 2))
    np.testing.assert_allclose(seen[:, :-2, 1:], rolled[:, :-2, 1:], atol=1e-5)


def test_a_zoom_goes_as_far_in_as_out():
    found = draws(Scale(1.25))
    fills(np.log(found[:, 0, 0]), -np.log(1.25), np.log(1.25))
    np.testing.assert_array_equal(found[:, 0, 0], found[:, 1, 1])


def test_a_turn_reaches_its_degrees_either_way():
    found = draws(Rotate(20))
    fills(np.degrees(np.arctan2(found[:, 1, 0], found[:, 0, 0])), -20, 20)
    np.testing.assert_allclose(np.linalg.det(found), 1)


def test_a_flip_is_every_other_one():
    found = draws(Flip())
    signs = found[:, 1, 1]
    assert set(found[:, 0, 0]) == {1}, "never upside down"
    assert set(signs) == {-1, 1}
    assert 0.4 < (signs > 0).mean() < 0.6


def test_a_flip_mirrors_and_a_second_undoes_it():
    flip, pictures = Transforms(Flip()), noise()
    mirror = [np.stack([np.diag([1, -1, 1])[:2]] * 2).astype("float32")]
    once = applied(flip, pictures, mirror)
    np.testing.assert_allclose(once, pictures[:, :, ::-1], atol=1e-5)
    np.testing.assert_allclose(applied(flip, once, mirror), pictures, atol=1e-5)


@pytest.mark.parametrize("size", [(8, 8), (8, 10), (30, 10)])
def test_a_crop_is_a_window_inside_from_its_share_to_all(size):
    found = draws(Crop(0.25), size)
    fills(found[:, 0, 0], 0.25, 1)
    half = np.array(size) / max(size)  # the picture reaches from -half to half
    for axis in (0, 1):
        window = found[:, axis, axis] * half[axis]
        middle = found[:, axis, 2]
        assert (np.abs(middle) + window <= half[axis] + 1e-9).all()
        fills(middle / (half[axis] - window + 1e-12), -1, 1)


def test_the_largest_crop_is_the_picture():
    pictures = noise()
    whole = Transforms(Crop(1.0))
    np.testing.assert_allclose(applied(whole, pictures, drawn(whole)), pictures, atol=1e-5)


class Fixed:
    """Chance that gives what it was told to."""

    def __init__(self, *values):
        self.values = values

    def uniform(self, low, high, size=None):
        return self.values
