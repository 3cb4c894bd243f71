"""The figure of differences keeps all of its text, whatever it shows."""

import numpy as np
import pytest

from convscope.activation.result import Activations
from convscope.comparison.figure import Pair, PairRow, differences
from convscope.drawing.tile import Scale
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
LONG = "backbone/block5_convolution_3_of_many"
chance = np.random.default_rng(0)
some = chance.random((16, 16, 3))


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
    sides = {
        "a rather long name of a photograph.jpeg": Activations(some, {}, TOP, "net"),
        "b.jpg": Activations(some, {}, (), "net"),
    }
    figure = differences(sides, [row] * 2, title="Where two photos differ", notes=["Note. " * 60])
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert words.count("none") == 2 * ((first == 0) + (other == 0))
    assert words.count(":511") == 2 * (first + other)
    assert "more for b.jpg" in words


def test_two_sides_and_a_layer_are_needed():
    side = Activations(some, {}, (), "net")
    with pytest.raises(InputError, match=r"two sides and at least one layer.*1 sides and 0 layers"):
        differences({"a": side}, [], title="Nothing", notes=[])
