"""Shift, scale and rotation: drawn on the host, applied on the device."""

import numpy as np
import pytest
from keras import ops

from convscope.errors import InputError
from convscope.transforms import STILL, Transforms, apply


def chance(*key):
    return np.random.default_rng(list(key))


def look(pictures, *placements):
    return ops.convert_to_numpy(apply(ops.convert_to_tensor(pictures), np.stack(placements)))


def placement(down=0.0, across=0.0, scale=1.0, degrees=0.0):
    angle = np.radians(degrees)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cosine, -sine, down], [sine, cosine, across]], "float32")


@pytest.fixture
def pictures():
    return chance(3).uniform(size=(2, 8, 10, 3)).astype("float32")


def test_standing_still_changes_nothing(pictures):
    still = STILL.draw(chance(0))
    np.testing.assert_allclose(look(pictures, still, still), pictures, atol=1e-5)


def test_a_shift_by_whole_pixels_moves_the_picture_and_mirrors_its_edge(pictures):
    # Two of ten pixels, in half the longer side: 2 / 5.
    seen = look(pictures, placement(across=0.4), placement())
    np.testing.assert_allclose(seen[0, :, :8], pictures[0, :, 2:], atol=1e-5)
    np.testing.assert_allclose(seen[0, :, 8:], pictures[0, :, 8:6:-1], atol=1e-5)
    np.testing.assert_allclose(seen[1], pictures[1], atol=1e-5)


def test_a_quarter_turn_is_exact_on_a_square():
    square = chance(4).uniform(size=(1, 6, 6, 3)).astype("float32")
    seen = look(square, placement(degrees=90))
    np.testing.assert_allclose(seen[0], np.rot90(square[0], -1), atol=1e-5)


def test_a_quarter_turn_of_an_oblong_keeps_pixels_square():
    oblong = np.zeros((1, 5, 9, 1), "float32")
    oblong[0, 2, 2:7] = 1.0  # a bar across becomes a bar down, as long as there is room
    seen = look(oblong, placement(degrees=90))[0, :, :, 0]
    np.testing.assert_allclose(seen[:, 4], 1.0, atol=1e-5)
    np.testing.assert_allclose(seen[:, [2, 3, 5, 6]], 0.0, atol=1e-5)


def test_zooming_by_two_reads_the_middle_half():
    ramp = np.linspace(0, 1, 16, dtype="float32")[None, None, :, None].repeat(16, 1)
    seen = look(ramp, placement(scale=0.5))[0, 8, :, 0]
    assert seen.min() == pytest.approx(ramp[0, 0, 4, 0] - 0.25 / 15, abs=1e-4)
    assert seen.max() == pytest.approx(ramp[0, 0, 11, 0] + 0.25 / 15, abs=1e-4)


def test_a_constant_picture_stays_constant_whatever_the_placement():
    flat = np.full((1, 7, 7, 3), 0.3, "float32")
    wild = Transforms(shift=0.5, scale=3.0, rotate=180).draw(chance(8))
    np.testing.assert_allclose(look(flat, wild), flat, atol=1e-6)


def test_a_single_pixel_survives():
    dot = np.full((1, 1, 1, 3), 0.7, "float32")
    np.testing.assert_allclose(look(dot, Transforms().draw(chance(1))), dot, atol=1e-6)


def test_draws_stay_within_their_limits_and_reach_near_them():
    wide = Transforms(shift=0.1, scale=1.25, rotate=20)
    draws = np.stack([wide.draw(chance(0, step)) for step in range(400)])
    shifts = draws[:, :, 2] / 2
    scales = np.hypot(draws[:, 0, 0], draws[:, 1, 0])
    turns = np.degrees(np.arctan2(draws[:, 1, 0], draws[:, 0, 0]))
    for values, low, high in [(shifts, -0.1, 0.1), (scales, 0.8, 1.25), (turns, -20, 20)]:
        room = high - low
        assert low - 1e-6 <= values.min() < low + 0.05 * room
        assert high - 0.05 * room < values.max() <= high + 1e-6


@pytest.mark.parametrize("wrong", [{"shift": -0.1}, {"scale": 0.9}, {"rotate": -1}])
def test_limits_that_are_none_are_refused(wrong):
    with pytest.raises(InputError, match="scale of one or more"):
        Transforms(**wrong)


def test_draws_are_the_same_everywhere():
    # Written down once: a change of NumPy, of backend or of machine must not change them.
    expected = [[1.016554, -0.081393, -0.123054], [0.081393, 1.016554, 0.000422]]
    np.testing.assert_allclose(Transforms().draw(chance(3, 1, 7)), expected, atol=1e-6)
