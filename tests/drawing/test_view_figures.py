"""The figures of factors, differences and weights keep all of their text, whatever they show."""

import numpy as np
import pytest

from convscope.comparison.figure import Pair, PairRow, Seen, differences
from convscope.connections.figure import Wire, wiring
from convscope.drawing.style import GROUPS
from convscope.drawing.tile import Scale
from convscope.errors import InputError
from convscope.neuron_groups.figure import Group, coloured, groups, hues, reach
from tests.drawing.extents import all_words, assert_all_text_inside, drawn, texts

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
LONG = "backbone/block5_convolution_3_of_many"
chance = np.random.default_rng(0)
some = chance.random((16, 16, 3))

# Factors


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
    red, blue, none = coloured(photo, maps, red_blue, limit=1.0)[0]
    np.testing.assert_allclose(red, [1, 0.15, 0.15])
    np.testing.assert_allclose(blue, [0.575, 0.575, 1])  # half as strong, half as opaque
    np.testing.assert_allclose(none, 1)


def test_maps_of_nothing_are_no_error():
    assert reach([np.zeros((2, 2))]) == 0
    assert coloured(np.ones((2, 2, 3)), [np.zeros((2, 2))], hues(1), 0.0).min() == 1


def test_no_groups_are_refused():
    with pytest.raises(InputError, match="at least one group"):
        groups(some, TOP, [], title="Factors")


# Weights


def wires(count, picture=some, shape=(3, 3)):
    return [Wire(f"{LONG}:{i}", chance.normal(size=shape), 0.00123, picture) for i in range(count)]


@pytest.mark.parametrize(("exciting", "inhibiting"), [(0, 0), (1, 0), (5, 5), (2, 12)])
@pytest.mark.parametrize("picture", [None, some])
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 7)])
def test_wires_keep_their_text_inside(exciting, inhibiting, picture, shape):
    figure = wiring(
        f"{LONG}:17",
        picture,
        wires(exciting, picture, shape),
        wires(inhibiting, picture, shape),
        title=f"What excites and inhibits {LONG}:17 of a network, from {LONG}",
        notes=["Note. " * 60],
    )
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert words.count("nothing") == (exciting == 0) + (inhibiting == 0)
    assert words.count(f"{LONG}:0") >= (exciting > 0) + (inhibiting > 0)


def test_a_single_weight_takes_little_room_beside_its_picture():
    single, square = (
        wiring("a", some, wires(5, some, shape), wires(5, some, shape), title="Weights").bbox.width
        for shape in ((1, 1), (3, 3))
    )
    assert square - single > 5 * 100  # of five tiles, in pixels


def test_weights_above_zero_are_red_and_below_it_blue():
    page = drawn(wiring("a", None, [Wire("b", np.ones((3, 3)), 1.0)], [], title="Weights"))
    red = np.all(np.abs(page.astype(int) - [103, 0, 31]) < 3, axis=2)
    assert red.sum() > 10_000


# Differences


def pair(pictures=()):
    return Pair((chance.random((4, 4)), chance.random((4, 4))), ":511", "-12.34", pictures)


@pytest.mark.parametrize("pictures", [(), (some,), (some, some)])
@pytest.mark.parametrize(("first", "other"), [(0, 0), (1, 0), (3, 3)])
def test_rows_of_pairs_keep_their_text_inside(pictures, first, other):
    row = PairRow(
        LONG,
        "similarity 0.123",
        tuple(pair(pictures) for _ in range(first)),
        tuple(pair(pictures) for _ in range(other)),
        Scale(0, 1, 2),
    )
    sides = [Seen("a rather long name of a photograph.jpeg", some, TOP), Seen("b.jpg", some, ())]
    figure = differences(sides, [row] * 2, title="Where two photos differ", notes=["Note. " * 60])
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert words.count("none") == 2 * ((first == 0) + (other == 0))
    assert words.count(":511") == 2 * (first + other)
    assert "more for b.jpg" in words


def test_two_sides_and_a_layer_are_needed():
    side = Seen("a", some, ())
    with pytest.raises(InputError, match=r"two sides and at least one layer.*1 sides and 0 layers"):
        differences([side], [], title="Nothing")
