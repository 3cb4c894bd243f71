"""Cells: each point in the one where it lies, and means over them."""

import numpy as np

from convscope.activation_atlases.cells import cut

POINTS = np.array([[0.0, 0.0], [0.2, 0.1], [0.9, 0.1], [1.0, 1.0], [0.6, 0.9]])
VECTORS = np.array([[1.0, 0], [3, 0], [0, 5], [0, 2], [2, 2]])


def test_points_are_in_the_cells_where_they_lie():
    level = cut(POINTS, VECTORS, None, 2, 1)
    np.testing.assert_array_equal(level.cell, [0, 0, 1, 3, 3])  # x is the column, y the row
    assert level.places == [(0, 0), (0, 1), (1, 1)]
    np.testing.assert_array_equal(level.counts, [2, 1, 2])


def test_cells_with_too_few_responses_are_left_empty_and_others_have_means():
    level = cut(POINTS, VECTORS, 10 * VECTORS, 2, 2)
    np.testing.assert_array_equal(level.kept, [0, 3])
    np.testing.assert_allclose(level.vectors, [[2, 0], [1, 2]])
    np.testing.assert_allclose(level.effects, [[20, 0], [10, 20]])
    np.testing.assert_array_equal(level.cell, [0, 0, 1, 3, 3])


def test_no_cell_may_have_enough():
    level = cut(POINTS, VECTORS, None, 8, 3)
    assert level.vectors.shape == (0, 2)
    assert level.places == []
