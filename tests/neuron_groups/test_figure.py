"""The figure of groups of channels keeps all of its text, whatever it shows."""

import numpy as np
import pytest

from convscope.drawing.style import GROUPS
from convscope.errors import InputError
from convscope.neuron_groups.figure import Group, colored, groups, hues, reach
from tests.drawing.extents import all_words, assert_all_text_inside, texts

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
LONG = "backbone/block5_convolution_3_of_many"
chance = np.random.default_rng(0)
some = chance.random((16, 16, 3))


def group(picture=some, channels=3, effect=-1.5):
    beside = tuple((f":{i}", "12%", picture) for i in range(channels))
    words = ("14% of the response", "effect -0.00123", "without it +12.3")
    return Group("Factor 12", words, chance.random((16, 16)), effect, picture, beside)


@pytest.mark.parametrize("count", [1, 7, 12])
@pytest.mark.parametrize("picture", [None, some])
@pytest.mark.parametrize("channels", [0, 5])
def test_groups_keep_their_text_inside(count, picture, channels):
    several = [group(picture, channels) for _ in range(count)]
    figure = groups(some, TOP, several, title=f"What {LONG} sees", notes=["Note. " * 60])
    assert_all_text_inside(figure)
    assert all_words(figure).count("Factor 12") == count


def test_without_pictures_their_columns_are_gone():
    full, bare = (
        groups(some, TOP, [group(picture)] * 2, title="Factors") for picture in (some, None)
    )
    assert "what it looks for" in all_words(full)
    assert "what it looks for" not in all_words(bare)
    for figure in (full, bare):
        assert "where it fires" in all_words(figure)
        assert "its strongest channels" in all_words(figure)
    assert bare.bbox.width < full.bbox.width
    lefts = {text: left for text, (left, *_) in texts(bare)}
    assert lefts[":0"] == pytest.approx(lefts[":1"], abs=2)  # a list, not a row


@pytest.mark.parametrize("shape", [(20, 60, 1), (60, 20, 3)])
def test_groups_of_photos_of_any_shape(shape):
    tall = Group("Factor 1", ("words",), chance.random(shape[:2]))
    assert_all_text_inside(groups(np.zeros(shape), (), [tall], title="Factors"))


@pytest.mark.parametrize("count", [1, 7, 8, 20])
def test_every_group_has_a_colour_of_its_own(count):
    found = hues(count)
    assert found.shape == (count, 3)
    assert len({tuple(colour) for colour in found.round(6)}) == count
    assert len(GROUPS) == 7


def test_a_place_has_the_colour_of_what_fires_there_and_none_where_nothing_does():
    photo = np.ones((1, 3, 3))
    maps = [np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.5, 0.0]])]
    red_blue = np.array([[1.0, 0, 0], [0, 0, 1.0]])
    red, blue, none = colored(photo, maps, red_blue, limit=1.0)[0]
    np.testing.assert_allclose(red, [1, 0.15, 0.15])
    np.testing.assert_allclose(blue, [0.575, 0.575, 1])  # half as strong, half as opaque
    np.testing.assert_allclose(none, 1)


def test_maps_of_nothing_are_no_error():
    assert reach([np.zeros((2, 2))]) == 0
    assert colored(np.ones((2, 2, 3)), [np.zeros((2, 2))], hues(1), 0.0).min() == 1


def test_no_groups_are_refused():
    with pytest.raises(InputError, match="at least one group"):
        groups(some, TOP, [], title="Factors")
