"""The learning rate follows the arithmetic done: a line to the peak, then a cosine to zero."""

import numpy as np
import pytest

from training.schedule import epochs, progress, rate
from training.settings import read_settings

RECIPE = read_settings()


def test_there_are_eighteen_epochs_with_growing_pictures():
    assert [phase.side for phase in epochs(RECIPE)] == [32] * 10 + [48] * 4 + [64] * 4


def test_rate_begins_and_ends_at_zero_and_has_its_peak_after_the_warm_up():
    assert rate(RECIPE, 0) == 0
    assert rate(RECIPE, RECIPE.warm_up) == RECIPE.peak_rate
    assert rate(RECIPE, 1) == pytest.approx(0)


def test_rate_rises_then_falls():
    rates = [rate(RECIPE, done) for done in np.linspace(0, 1, 201)]
    assert (np.diff(rates[:17]) > 0).all()
    assert (np.diff(rates[16:]) < 0).all()


def test_progress_counts_area_so_the_first_ten_epochs_are_two_sevenths():
    assert progress(RECIPE, 10, 0) == pytest.approx(2 / 7)
    assert progress(RECIPE, 0, 0) == 0
    assert progress(RECIPE, 17, 1) == 1


def test_progress_never_jumps():
    for epoch in range(17):
        assert progress(RECIPE, epoch, 1) == pytest.approx(progress(RECIPE, epoch + 1, 0))
