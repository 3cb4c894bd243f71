"""Units that respond alike: Pearson's correlation, by definition."""

import numpy as np
import pytest

from convscope.networks.neighbours import MOST, NAMES, neighbours

PICTURES = 40


@pytest.fixture(scope="module")
def responses():
    return np.random.default_rng(0).normal(size=(PICTURES, 9)).astype("float32")


def test_the_nearest_are_those_of_the_highest_correlation(responses):
    units, correlations = (neighbours(responses)[name] for name in NAMES)
    expected = np.corrcoef(responses.T)
    np.fill_diagonal(expected, -2)
    assert units.shape == correlations.shape == (9, 5)
    for unit in range(9):
        best = np.argsort(-expected[unit])[:5]
        np.testing.assert_array_equal(units[unit], best)
        np.testing.assert_allclose(correlations[unit], expected[unit, best], atol=1e-3)


def test_scale_and_offset_do_not_matter(responses):
    changed = responses * np.geomspace(1e-20, 1e20, 9) + np.arange(9)
    shared = neighbours(np.concatenate([responses, 3 * responses[:, :1] + 7], 1))
    assert shared[NAMES[0]][0, 0] == 9
    assert shared[NAMES[1]][0, 0] == 1
    large = responses * np.geomspace(1e-20, 1e20, 9)
    np.testing.assert_array_equal(neighbours(large)[NAMES[0]], neighbours(responses)[NAMES[0]])
    assert np.isfinite(neighbours(changed)[NAMES[1]]).all()


def test_a_unit_that_always_responds_the_same_correlates_with_none(responses):
    still = responses.copy()
    still[:, 3] = 0.1
    units, correlations = (neighbours(still)[name] for name in NAMES)
    np.testing.assert_array_equal(correlations[3], 0)
    assert not (correlations[units == 3] != 0).any()


@pytest.mark.parametrize(("units", "shape"), [(1, None), (2, (2, 1)), (MOST + 1, None)])
def test_few_and_many_units(units, shape):
    found = neighbours(np.random.default_rng(1).normal(size=(4, units)))
    assert (found[NAMES[0]].shape if found else None) == shape
