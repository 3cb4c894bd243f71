"""Random masks: what they are, and what their mean tends to."""

import numpy as np
import pytest

from convscope.attribution.attribute import attribute
from convscope.attribution.layer_maps import enlarged
from convscope.attribution.methods.rise import rise_mask
from convscope.errors import InputError
from tests.attribution.networks import SIDE, scores, weights

CLASS = 1
TARGET = "predictions:bee"
CELLS, KEEP, SAMPLES = 3, 0.3, 2000
SETTINGS = {"method": "rise", "samples": SAMPLES, "cells": CELLS, "keep": KEEP}


@pytest.fixture(scope="module")
def masks():
    return np.stack([rise_mask((0, n), (SIDE, SIDE), CELLS, KEEP) for n in range(SAMPLES)])


def spread():
    """The covariance of the masks at any two pixels, over cells and shifts: (pixels, pixels)."""
    step = SIDE // CELLS
    side = (CELLS + 1) * step
    large = [enlarged(cell.reshape(CELLS, CELLS), (side, side)) for cell in np.eye(CELLS**2)]
    shares = [
        np.stack([one[top : top + SIDE, left : left + SIDE].ravel() for one in large], axis=1)
        for top in range(step)
        for left in range(step)
    ]
    return KEEP * (1 - KEEP) * np.mean([share @ share.T for share in shares], axis=0)


def test_of_a_linear_model_it_tends_to_the_expectation_within_its_standard_error(
    linear, photo, masks
):
    # f = b + sum of g M, so that the mean of (f - mean f) M is the covariance of M, applied to g.
    gains = ((photo - 0.5) * weights(linear)[..., CLASS]).sum(axis=2)
    expected = (spread() @ gains.ravel() / KEEP).reshape(SIDE, SIDE)
    result = attribute(linear, photo, TARGET, **SETTINGS)
    seen = scores(linear, 0.5 + masks[..., None] * (photo - 0.5))[:, CLASS]
    parts = (seen - seen.mean())[:, None, None] * masks / KEEP
    error = parts.std(axis=0) / np.sqrt(SAMPLES)
    assert (np.abs(result.map - expected) < 5 * error).all()
    assert 0.1 < np.mean(((result.map - expected) / error) ** 2) < 4  # neighbours err together
    assert np.corrcoef(result.map.ravel(), expected.ravel())[0, 1] > 0.9
    assert result.baseline_score == pytest.approx(seen.mean(), rel=1e-3)


def test_it_is_the_papers_map_less_the_mean_score(convolutional, photo, masks):
    seen = scores(convolutional, 0.5 + masks[..., None] * (photo - 0.5))[:, CLASS]
    paper = np.einsum("n,nhw->hw", seen.astype("float64"), masks) / (SAMPLES * KEEP)
    result = attribute(convolutional, photo, TARGET, **SETTINGS)
    less = result.baseline_score * masks.mean(axis=0) / KEEP  # the mean score, in the limit
    np.testing.assert_allclose(result.map, paper - less, atol=1e-5)
    assert "of partly covered photos, on average" in result.caption()


def test_masks_are_shares_with_the_mean_asked_for(masks):
    assert masks.min() == 0
    assert masks.max() == 1
    # A cell covers a ninth, and shifts even it out.
    assert abs(masks.mean() - KEEP) < 4 * np.sqrt(KEEP * (1 - KEEP) / (9 * SAMPLES))


def test_masks_are_keyed_by_seed_and_sample(masks):
    np.testing.assert_array_equal(rise_mask((0, 7), (SIDE, SIDE), CELLS, KEEP), masks[7])
    assert np.abs(rise_mask((1, 7), (SIDE, SIDE), CELLS, KEEP) - masks[7]).max() > 0.1


@pytest.mark.parametrize(("size", "cells"), [((5, 9), 2), ((7, 7), 7), ((3, 8), 1)])
def test_masks_fit_photos_that_cells_do_not_divide(size, cells):
    for sample in range(20):
        mask = rise_mask((0, sample), size, cells, 0.5)
        assert mask.shape == size
        assert mask.min() >= 0
        assert mask.max() <= 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"keep": 0.0}, "keep to be above 0 and below 1.*0"),
        ({"keep": 1}, "keep to be above 0 and below 1.*1"),
        ({"cells": 13}, "cells to be a whole number from 1 to 12.*13"),
        ({"samples": 0}, "samples to be a whole number"),
    ],
)
def test_impossible_settings_are_refused(linear, photo, settings, message):
    with pytest.raises(InputError, match=message):
        attribute(linear, photo, TARGET, **{**SETTINGS, **settings})
