"""A sheet shows every picture with all of its text."""

import numpy as np
import pytest

from convscope import drawing
from convscope.drawing.sheet import columns_for
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside, texts

LONG = "predictions:European fire salamander"


@pytest.mark.parametrize(("count", "side"), [(1, 8), (1, 224), (2, 64), (5, 512), (200, 64)])
def test_long_labels_stay_whole_and_inside(count, side):
    numbered = [f"{LONG} {number}" for number in range(count)]
    figure = drawing.sheet([np.zeros((side, side, 3))] * count, numbered, ["reach 1.48"] * count)
    assert_all_text_inside(figure)
    written = all_words(figure).replace(" ", "")
    assert all(f"salamander{number}" in written for number in range(count))


def test_neighbouring_labels_do_not_touch():
    figure = drawing.sheet(
        [np.zeros((64, 64, 3))] * 4, [LONG * 2] * 4, ["reach 1.48"] * 4, columns=4
    )
    boxes = [box for _, box in texts(figure)]
    for number, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[number + 1 :]:
            apart = right <= other_left or other_right <= left
            # Lines of one label may share a pixel of leading.
            assert apart or top <= other_bottom + 2 or other_top <= bottom + 2


def test_pictures_of_several_sizes_and_channels_stand_on_one_sheet():
    some = [np.zeros((8, 16, 3)), np.zeros((16, 8, 1)), np.zeros((5, 5))]
    assert_all_text_inside(drawing.sheet(some, ["a", "b", "c"], ["", "1", ""]))


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (4, 2), (12, 4), (16, 4), (96, 12), (200, 20)]
)
def test_columns_leave_few_places_empty(count, columns):
    assert columns_for(count) == columns


def test_columns_asked_for_are_given():
    wide = drawing.sheet([np.zeros((64, 64, 3))] * 6, ["a"] * 6, [""] * 6, columns=6)
    tall = drawing.sheet([np.zeros((64, 64, 3))] * 6, ["a"] * 6, [""] * 6, columns=1)
    assert wide.get_figwidth() > 4 * tall.get_figwidth()
    assert tall.get_figheight() > 4 * wide.get_figheight()


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one picture"):
        drawing.sheet([], [], [])
    with pytest.raises(InputError, match="at least one column"):
        drawing.sheet([np.zeros((2, 2, 3))], ["a"], [""], columns=0)
