"""Looking through matrices: exact where pixels fall on pixels."""

import numpy as np
import pytest
from keras import ops

from convscope.transforms import resampling


def chance(*key):
    return np.random.default_rng(list(key))


def look(pictures, *placements):
    return ops.convert_to_numpy(
        resampling.warp(
            ops.convert_to_tensor(pictures), ops.convert_to_tensor(np.stack(placements))
        )
    )


def placement(down=0.0, across=0.0, scale=1.0, degrees=0.0):
    angle = np.radians(degrees)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cosine, -sine, down], [sine, cosine, across]], "float32")


@pytest.fixture
def pictures():
    return chance(3).uniform(size=(2, 8, 10, 3)).astype("float32")


def test_standing_still_changes_nothing(pictures):
    np.testing.assert_allclose(look(pictures, placement(), placement()), pictures, atol=1e-5)


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
    wild = placement(down=0.9, across=-0.7, scale=2.9, degrees=150)
    np.testing.assert_allclose(look(flat, wild), flat, atol=1e-6)


def test_a_single_pixel_survives():
    dot = np.full((1, 1, 1, 3), 0.7, "float32")
    np.testing.assert_allclose(look(dot, placement(0.1, 0.1, 1.1, 5)), dot, atol=1e-6)
