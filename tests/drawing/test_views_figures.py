"""Stories and dictionaries keep their text inside, whatever is in them."""

import numpy as np
import pytest

from convscope.drawing import header
from convscope.drawing.page import Box, Page
from convscope.drawing.tile import Scale, Tile
from convscope.errors import InputError
from convscope.semantic_dictionary.figure import Entry, Word, dictionary
from convscope.stories.figure import Large, Read, Stage, story
from tests.drawing.extents import all_words, assert_all_text_inside, drawn, texts

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
        story(np.zeros((8, 8, 3)), TOP, [], HEADINGS, title="")
    with pytest.raises(InputError, match="at least one layer"):
        dictionary(np.zeros((8, 8, 3)), (0, 0), TOP, [], title="")


def test_the_head_leaves_free_what_is_kept():
    photo = np.zeros((64, 64, 3))
    ends = []
    for kept in (0, 200):
        page = Page(600, header.height(photo, (), 600))
        header.draw(page, photo, TOP, "A photo", (), kept=kept)
        ends.append(max(right for text, (*_, right, _) in texts(page.figure) if "%" in text))
    assert ends[0] <= 2 * (600 - header.MARGIN)
    assert ends[1] <= 2 * (600 - header.MARGIN - 200)


def test_a_frame_is_an_outline():
    page = Page(20, 20)
    page.frame(Box(5, 5, 10, 10), "#000000", 2)
    pixels = drawn(page.figure)
    assert (pixels[20, 12] == 0).all()  # two pixels a point: 10 rows down, 6 columns across
    assert (pixels[20, 20] == 255).all()
    assert (pixels[20, 6] == 255).all()
