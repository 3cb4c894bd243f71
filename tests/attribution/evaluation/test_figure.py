"""The table of maps: readable with twenty of them, and with numbers missing."""

import numpy as np
import pytest

from convscope.attribution.evaluation.figure import PLOT, Cell, Column, Line, evaluation
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside, texts

DRAW = np.random.default_rng(0)
PHOTO = DRAW.random((12, 16, 3))
COLUMNS = [Column("deletion", "low", "share gone"), Column("average drop", "low")]


def line(name, is_control=False, **settings):
    curve = np.linspace(1, 0, 5) ** DRAW.integers(1, 5)
    cells = (Cell("0.123", curve, curve[::-1], **settings), Cell("-"))
    return Line(name, DRAW.normal(size=(12, 16)), cells, "1,234", is_control)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_any_number_of_maps_can_be_shown_and_nothing_is_cut(count):
    lines = [line(f"predictions:sports car · method-{n}") for n in range(count)]
    lines.append(line("random", is_control=True))
    notes = ["How to read it, in a sentence that is long. " * 8]
    figure = evaluation(PHOTO, lines, COLUMNS, title="A title", notes=notes, last="passes")
    assert_all_text_inside(figure)
    words = all_words(figure)
    for text in ("deletion", "low is good", "along share gone", "passes", "Controls", "random"):
        assert text in words


def test_the_best_and_the_failed_are_said_in_words_too():
    shown = [
        line("a", is_best=True),
        line("b", is_poor=True),
        line("c", is_best=True, is_poor=True),
    ]
    words = all_words(evaluation(PHOTO, shown, COLUMNS, title="A title"))
    assert "best" in words
    assert "fails" in words
    assert "best, fails" in words
    assert "Controls" not in words


def test_a_number_stands_nearer_to_its_own_curve_than_to_the_next():
    curve = np.linspace(1, 0, 5)
    both = Line("a", PHOTO[:, :, 0], (Cell("0.123", curve), Cell("0.456", curve)), "2")
    columns = [Column("deletion", "low", "share gone"), Column("insertion", "high", "share there")]
    boxes = dict(texts(evaluation(PHOTO, [both], columns, title="A title")))
    curves = [boxes[name][0] / 2 for name in ("deletion", "insertion")]  # two pixels a point
    left, right = boxes["0.123"][0] / 2, boxes["0.123"][2] / 2
    assert 0 < left - (curves[0] + PLOT) < (curves[1] - right) / 2


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one map"):
        evaluation(PHOTO, [], COLUMNS, title="A title")
