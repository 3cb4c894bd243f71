"""The figure of a story keeps its text inside, whatever is in it."""

import numpy as np
import pytest

from convscope.drawing.tile import Scale, Tile
from convscope.errors import InputError
from convscope.stories.figure import Large, Read, Stage, story
from tests.drawing.extents import all_words, assert_all_text_inside

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
NAME = "backbone/block5_convolution_3_of_many"
SHAPES = [(64, 64, 3), (20, 90, 1), (90, 20, 3)]
HEADINGS = (
    ("strongest channels", "and what they look for"),
    ("inversion", "what is still there"),
    ("caricature", "what the layer makes of the photo"),
    ("classes", "what can be recognised in it"),
)


def stage(shape, count, reads, picture):
    tiles = [
        Tile(np.zeros((4, 4)), f":{number}", "0.00123", np.zeros(shape) if picture else None)
        for number in range(count)
    ]
    large = [Large(np.zeros(shape), "error 0.000962 (plain gray 0.927)")] * 2
    classes = [("European fire salamander of the north", share, "95.6%", True) for share in (2, 0)]
    read = [Read("nearest mean, by cosine", classes, "of 200 classes; right for 45%")] * reads
    return Stage(NAME, "256 maps of 4 x 4", tiles, Scale(0, 1, 2), large, read)


@pytest.mark.parametrize("count", [1, 6, 16])
@pytest.mark.parametrize("reads", [0, 1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_story_keeps_its_text_inside(count, reads, shape):
    stages = [stage(shape, count, reads, reads > 0)] * 2
    figure = story(np.zeros(shape), TOP, stages, HEADINGS, title="A story", notes=["Note. " * 40])
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert "error 0.000962 (plain gray 0.927)" in words
    assert ("of 200 classes" in words) == (reads > 0)
    assert ("what can be recognised in it" in words) == (reads > 0)


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one layer"):
        story(np.zeros((8, 8, 3)), TOP, [], HEADINGS, title="")
