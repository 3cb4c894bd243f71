"""Maps are shown on scales that are stated, with all of their text."""

import numpy as np
import pytest

from convscope.activation.channels_figure import channels
from convscope.activation.figure import Row, maps
from convscope.drawing.tile import Scale, Tile
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
chance = np.random.default_rng(0)


def tiles(count, picture=None):
    return tuple(Tile(chance.random((4, 4)), f":{i}", "0.00123", picture) for i in range(count))


@pytest.mark.parametrize("count", [1, 3, 8, 16])
@pytest.mark.parametrize("picture", [None, np.zeros((64, 64, 3))])
@pytest.mark.parametrize("shape", [(64, 64, 3), (20, 90, 1), (90, 20, 3)])
def test_rows_keep_their_text_inside(count, picture, shape):
    rows = [
        Row(
            "backbone/block5_convolution_3_of_many",
            "256 maps of 4 x 4",
            tiles(count, picture),
            Scale(0, 1, 2),
        )
    ]
    figure = maps(np.zeros(shape), TOP, rows * 2, title="What it sees", notes=["Note. " * 40])
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert "European fire salamander" in words
    assert "50.0%" in words
    assert "1 and above (to 2)" in words


@pytest.mark.parametrize("count", [1, 64, 512])
def test_a_grid_shows_every_channel_with_its_index(count):
    figure = channels(np.zeros((8, 8, 3)), (), tiles(count), Scale(0, 1), title="All")
    assert_all_text_inside(figure)
    written = set(all_words(figure).split())
    assert {f":{number}" for number in range(count)} <= written


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one layer"):
        maps(np.zeros((8, 8, 3)), TOP, [], title="")
    with pytest.raises(InputError, match="at least one channel"):
        channels(np.zeros((8, 8, 3)), TOP, [], Scale(0, 1), title="")


def test_a_scale_runs_from_zero_to_the_highest():
    assert Scale.of([np.array([[1.0, 2.0]]), np.array([[5.0]])]) == Scale(0, 5)


def test_a_scale_shows_what_is_below_zero():
    assert Scale.of([np.array([[-3.0, 2.0]])]) == Scale(-3, 2)


def test_one_loud_spot_does_not_darken_the_rest_and_is_told():
    values = np.ones((100, 100))
    values[0, 0] = 50
    assert Scale.of([values], covering=0.99) == Scale(0, 1, 50)


def test_a_scale_with_nothing_to_gain_ends_at_the_highest():
    assert Scale.of([np.linspace(0, 1, 1000)[None]], covering=0.99) == Scale(0, 1)
    assert Scale.of([np.zeros((3, 3))], covering=0.99) == Scale(0, 0)


def test_colours_grow_brighter_with_the_value():
    colours = Scale(0, 10).color(np.array([[-1.0, 0.0, 5.0, 10.0, 99.0]]))
    brightness = colours.mean(axis=2)[0]
    assert brightness[0] == brightness[1] < brightness[2] < brightness[3] == brightness[4]
    assert (Scale(0, 0).color(np.zeros((2, 2))).mean(axis=2) < 0.01).all()
