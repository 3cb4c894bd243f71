"""Shapley values: exact where they can be, close to all orders of arrival where not."""

from itertools import permutations

import numpy as np
import pytest

from convscope.attribution.attribute import attribute
from convscope.attribution.methods.shap import coalitions, shapley_values, squares_of
from convscope.errors import InputError
from tests.attribution.networks import SIDE, score_of, scores, weights

CLASS = 1
TARGET = "predictions:bee"


def found(network, photo, **settings):
    return attribute(network, photo, TARGET, method="kernel-shap", **settings)


@pytest.mark.parametrize(("cells", "samples"), [(2, 8), (3, 30), (12, 600)])
def test_of_a_linear_model_each_square_gets_what_its_pixels_add(linear, photo, cells, samples):
    result = found(linear, photo, cells=cells, samples=samples)
    adds = ((photo - 0.5) * weights(linear)[..., CLASS]).sum(axis=2)
    squares = squares_of((SIDE, SIDE), cells)
    for square in np.unique(squares):
        np.testing.assert_allclose(
            result.map[squares == square].sum(), adds[squares == square].sum(), atol=0.01
        )
        assert np.ptp(result.map[squares == square]) < 1e-6


def test_values_are_the_mean_gain_over_all_orders_of_arrival(convolutional, photo):
    squares, gray = squares_of((SIDE, SIDE), 2), np.full_like(photo, 0.5)

    def score(there):
        return score_of(convolutional, np.where(np.isin(squares, there)[..., None], photo, gray), 1)

    gains = np.zeros(4)
    for order in permutations(range(4)):
        for place, square in enumerate(order):
            gains[square] += score(order[: place + 1]) - score(order[:place])
    result = found(convolutional, photo, cells=2, samples=2000)
    own = [result.map[squares == square].sum() for square in range(4)]
    np.testing.assert_allclose(own, gains / 24, atol=0.02 * np.abs(gains / 24).max())


@pytest.mark.parametrize("samples", [1, 7, 200])
def test_however_few_the_samples_the_map_sums_to_the_whole(convolutional, photo, samples):
    result = found(convolutional, photo, cells=4, samples=samples)
    gray = score_of(convolutional, np.full_like(photo, 0.5), CLASS)
    assert result.baseline_score == pytest.approx(gray, abs=1e-5)
    np.testing.assert_allclose(result.map.sum(), result.score - gray, rtol=1e-3, atol=1e-5)
    assert abs(result.gap) < 1e-6


def test_what_samples_leave_open_is_shared_evenly():
    there = np.array([[True, False, False, False]])
    values = shapley_values(there, np.array([4.0]), 10.0)
    np.testing.assert_allclose(values, [4, 2, 2, 2])


def test_coalitions_come_with_their_opposites_and_small_and_large_ones_most():
    rows = np.stack(list(coalitions(3, 4001, 6)))
    assert rows.shape == (4001, 6)
    np.testing.assert_array_equal(rows[1:4000:2], ~rows[:4000:2])
    sizes = rows[:4000].sum(axis=1)
    weighed = np.array([1 / (size * (6 - size)) for size in range(1, 6)])
    shares = np.bincount(sizes, minlength=6)[1:] / 4000
    np.testing.assert_allclose(shares, weighed / weighed.sum(), atol=0.03)
    np.testing.assert_allclose(rows.mean(axis=0), 0.5, atol=0.05)
    np.testing.assert_array_equal(np.stack(list(coalitions(3, 5, 6))), rows[:5])


def test_squares_differ_by_a_row_at_most():
    squares = squares_of((7, 11), 3)
    assert sorted(np.bincount(squares.ravel())) == sorted(
        tall * wide for tall in (3, 2, 2) for wide in (4, 4, 3)
    )


def test_impossible_squares_are_refused(linear, photo):
    for cells in (1, 13):
        with pytest.raises(InputError, match=f"cells to be a whole number from 2 to 12.*{cells}"):
            found(linear, photo, cells=cells)


def test_scores_of_coalitions_are_of_whole_squares(linear, photo):
    # Two squares across and down: with all but one there, the score lacks what that one adds.
    squares = squares_of((SIDE, SIDE), 2)
    without = np.where((squares == 2)[..., None], 0.5, photo)
    lacking = score_of(linear, photo, CLASS) - scores(linear, without[None])[0, CLASS]
    result = found(linear, photo, cells=2, samples=40)
    np.testing.assert_allclose(result.map[squares == 2].sum(), lacking, atol=0.01)
