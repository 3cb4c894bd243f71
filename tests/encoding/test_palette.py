"""One palette, and dithering that keeps the mean colour and never crawls."""

import numpy as np
import pytest

from convscope.encoding.palette import BAYER, Palette, bayer


@pytest.mark.parametrize("doublings", [0, 1, 2, 3])
def test_bayer_offsets_are_evenly_spread_around_zero(doublings):
    count = 4**doublings
    expected = (np.arange(count) + 0.5) / count - 0.5
    np.testing.assert_allclose(np.sort(bayer(doublings).ravel()), expected, atol=1e-6)


def test_few_colours_are_kept_exactly_and_not_dithered():
    chance = np.random.default_rng(0)
    colors = chance.integers(0, 256, (40, 3), np.uint8)
    pictures = colors[chance.integers(0, 40, (3, 16, 20))]
    palette = Palette.of(pictures)
    assert palette.step == 0
    np.testing.assert_array_equal(palette.colors[palette.map(pictures[1])], pictures[1])


def test_flat_colours_are_kept_exactly_among_many_others():
    chance = np.random.default_rng(0)
    picture = chance.integers(0, 256, (1, 128, 128, 3), np.uint8)
    near = np.array([[0, 158, 115], [0, 150, 120], [0, 114, 178]], np.uint8)
    for place, color in enumerate(near):  # bars, each of less than a thousandth of the picture
        picture[0, place, :12] = color
    kept = {tuple(color) for color in Palette.of(picture).colors.tolist()}
    assert {tuple(color) for color in near.tolist()} <= kept


def test_the_index_for_unchanged_stays_free():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    palette = Palette.of(pictures)
    assert len(palette.colors) == 255
    assert palette.map(pictures[0]).max() < 255


def test_dither_keeps_the_mean_between_two_colours():
    palette = Palette(np.array([[100] * 3, [116] * 3], np.uint8), step=16)
    for level in (102, 106, 110, 114):
        flat = np.full((64, 64, 3), level, np.uint8)
        mean = palette.colors[palette.map(flat)].mean()
        assert mean == pytest.approx(level, abs=2.5)  # the table of nearest colours has 64 levels


def test_a_colour_depends_only_on_its_value_and_place():
    chance = np.random.default_rng(0)
    one, other = chance.integers(0, 256, (2, 24, 24, 3), np.uint8)
    palette = Palette.of(np.stack([one, other]))
    mixed = np.where(np.arange(24)[:, None, None] < 12, one, other)
    np.testing.assert_array_equal(palette.map(mixed)[:12], palette.map(one)[:12])
    np.testing.assert_array_equal(palette.map(mixed)[12:], palette.map(other)[12:])


def test_the_step_matches_an_even_palette():
    # Gray levels rounded to 255 / (n - 1) steps: the measured step must be that step.
    grays = np.rint(np.linspace(0, 255, 16)).astype(np.uint8)
    ramp = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 1, 256, 3)
    palette = Palette.of(ramp, count=len(grays))
    assert palette.step == pytest.approx(255 / 15, rel=0.15)


def test_dither_is_as_wide_as_a_byte_of_places():
    assert BAYER.shape == (8, 8)
