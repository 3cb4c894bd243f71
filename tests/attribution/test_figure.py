"""The figure: zero is white, both signs alike in strength, extremes do not drown the rest."""

import numpy as np
import pytest

from convscope.drawing.overlay import attribution, diverging, overlay, reach

PHOTO = np.random.default_rng(0).random((6, 8, 3))
HEAT = np.random.default_rng(1).normal(size=(6, 8))


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_zero_is_near_white_above_is_red_and_below_is_blue():
    below, zero, above = diverging(np.array([[-2.0, 0.0, 2.0]]), 2.0)[0]
    assert zero.min() > 0.95
    assert above[0] > above[2] + 0.2
    assert below[2] > below[0] + 0.2


def test_the_scale_is_symmetric_about_zero_and_ignores_a_few_wild_pixels():
    assert reach(HEAT) == reach(-HEAT)
    wild = np.full((100, 100), 0.1)
    wild[0, 0] = -50
    assert reach(wild) == pytest.approx(0.1)
    lonely = np.zeros((100, 100))
    lonely[3, 3] = -4
    assert reach(lonely) == 4


def test_where_the_map_is_zero_the_overlay_is_the_gray_photo():
    mixed = overlay(PHOTO, np.zeros((6, 8)), 1.0)
    np.testing.assert_allclose(mixed, mixed[:, :, :1].repeat(3, axis=2))
    order = np.argsort(PHOTO.mean(axis=2), axis=None)
    assert (np.diff(mixed[:, :, 0].ravel()[order]) >= 0).all()


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("heat", [HEAT, np.zeros((6, 8)), -np.abs(HEAT)])
def test_any_photo_and_any_map_can_be_shown_unchanged(channels, heat):
    photo, before = np.resize(PHOTO, (6, 8, channels)), heat.copy()
    figure = attribution(photo, heat, title="bee", note="flat", ends=("darker", "brighter"))
    assert {"bee", "Flat", "photo", "map", "map over photo", "0", "darker", "brighter"} <= set(
        words(figure)
    )
    np.testing.assert_array_equal(heat, before)


def test_the_ends_of_the_scale_are_written_and_what_lies_beyond_them():
    heat = np.full((20, 20), 0.25)
    heat[0, 0] = -8
    texts = words(attribution(np.zeros((20, 20, 3)), heat, title="bee"))
    assert "-0.25 (to -8)" in texts
    assert "0.25" in texts
