"""Views stay within their ranges and depend on nothing but the seed."""

import numpy as np
import pytest

from training import augment
from training.data import MEAN, SPREAD, centred
from training.settings import read_settings

RANGES = read_settings().augmentation


def drawn(seed=0, count=4000):
    return augment.draw(np.random.default_rng(seed), count, RANGES)


def some_pixels(count=4, size=16):
    return np.random.default_rng(1).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def test_draws_fill_their_ranges_and_do_not_leave_them():
    views = drawn()
    for values, low, high in (
        (views.width / views.height, 3 / 4, 4 / 3),
        (views.contrast, 0.8, 1.2),
        (views.shift, -0.2, 0.2),
        (views.softness, 0.5, 2.0),
    ):
        assert low - 1e-9 <= values.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < values.max() <= high + 1e-9
    area = views.width * views.height
    assert 0.3 - 1e-9 <= area.min() < 0.31
    assert 0.95 < area.max() <= 1
    assert 0.45 < views.mirror.mean() < 0.55


def test_crops_stay_inside_the_picture():
    views = drawn()
    assert min(views.top.min(), views.left.min()) >= 0
    assert max((views.top + views.height).max(), (views.left + views.width).max()) <= 1


def test_same_seed_same_views_other_seed_others():
    np.testing.assert_array_equal(drawn(3).contrast, drawn(3).contrast)
    assert (drawn(3).contrast != drawn(4).contrast).all()


@pytest.mark.parametrize("side", [8, 16, 24])
def test_views_have_the_side_asked_for_and_finite_values_in_range(side):
    views = drawn(count=4)
    seen = augment.apply(views, some_pixels(), side)
    assert seen.shape == (4, side, side, 3)
    assert seen.dtype == np.float32
    # Resampling averages, so only contrast and colour can leave the range of the pixels.
    assert np.abs(seen).max() <= 1.2 * (255 - MEAN.min()) + 0.2 * SPREAD


def test_the_whole_picture_at_its_own_size_is_the_picture():
    pixels = some_pixels()
    seen = augment.apply(augment.whole(4), pixels, 16)
    np.testing.assert_allclose(seen, centred(pixels), atol=1e-4)


def test_a_mirror_swaps_left_and_right():
    pixels = some_pixels(1)
    whole = augment.whole(1)
    mirrored = augment.Views(**vars(whole) | {"mirror": np.array([True])})
    seen = augment.apply(mirrored, pixels, 16)
    np.testing.assert_allclose(seen, centred(pixels)[:, :, ::-1], atol=1e-4)


def test_a_crop_shows_its_own_part():
    pixels = some_pixels(1)
    lower_left = augment.Views(
        **vars(augment.whole(1)) | dict.fromkeys(("top", "height", "width"), np.array([0.5]))
    )
    seen = augment.apply(lower_left, pixels, 8)
    np.testing.assert_allclose(seen, centred(pixels)[:, 8:, :8], atol=1e-4)


@pytest.mark.parametrize("side", [5, 16, 40])
def test_a_single_colour_stays_that_colour_but_for_contrast_and_shift(side):
    views = drawn(count=2)
    seen = augment.apply(views, np.full((2, 16, 16, 3), 90, np.uint8), side)
    colour = views.contrast[:, None] * (90 - MEAN) + SPREAD * views.shift
    np.testing.assert_allclose(seen, np.broadcast_to(colour[:, None, None], seen.shape), atol=1e-3)


def test_shrinking_averages_so_that_thin_lines_are_not_lost():
    # One column in four is lit, and never one of the two that are next to a quarter-size middle.
    lines = np.zeros((1, 16, 16, 3), np.uint8)
    lines[:, :, ::4] = 200
    seen = augment.apply(augment.whole(1), lines, 4) + MEAN
    np.testing.assert_allclose(seen[:, :, 1:-1], 50, atol=1e-3)


def resized(pixels, side, softness):
    views = augment.Views(**vars(augment.whole(1)) | {"softness": np.array([softness])})
    return augment.apply(views, pixels, side) + MEAN


def test_hard_resizing_takes_the_nearest_pixel_and_soft_resizing_blurs():
    lines = np.zeros((1, 16, 16, 3), np.uint8)
    lines[:, :, ::2] = 200
    # Three pixels of 16 / 3 each: their middles lie in the columns 2, 8 (its left edge is 7's right
    # one, so both count) and 13.
    hard = resized(lines, 3, 0.01)[0, 0, :, 0]
    np.testing.assert_allclose(hard, [200, 100, 0], atol=1e-3)
    dot = np.zeros((1, 16, 16, 3), np.uint8)
    dot[:, 8, 8] = 255
    same, soft, softer = (resized(dot, 16, amount)[0, 8, 8, 0] for amount in (1.0, 1.5, 2.0))
    assert same == pytest.approx(255, abs=1e-3)
    assert 40 < softer < soft < 200


def test_pixels_are_left_as_they_were():
    pixels = some_pixels()
    before = pixels.copy()
    augment.apply(drawn(count=4), pixels, 8)
    np.testing.assert_array_equal(pixels, before)
