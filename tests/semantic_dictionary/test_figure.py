"""The figure of a dictionary keeps its text inside, whatever is in it."""

import numpy as np
import pytest

from convscope.errors import InputError
from convscope.semantic_dictionary.figure import Entry, Word, dictionary
from tests.drawing.extents import all_words, assert_all_text_inside

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
NAME = "backbone/block5_convolution_3_of_many"
SHAPES = [(64, 64, 3), (20, 90, 1), (90, 20, 3)]


@pytest.mark.parametrize("count", [0, 1, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_dictionary_keeps_its_text_inside(count, shape):
    pictures = [None, np.zeros(shape)]
    words = [Word(pictures[number % 2], f":{number}", "+12.4 (1234)") for number in range(count)]
    rows, columns = (0.0, float(shape[0])), (3.5, 6.5)
    entry = Entry(NAME, ["neuron @25,20", "115 of 256 channels fire"], rows, columns, words)
    figure = dictionary(np.zeros(shape), (5, 5), TOP, [entry] * 2, title="A place")
    assert_all_text_inside(figure)
    assert ("no channel fires here" in all_words(figure)) == (count == 0)


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one layer"):
        dictionary(np.zeros((8, 8, 3)), (0, 0), TOP, [], title="")
