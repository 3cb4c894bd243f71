"""Text is broken and made smaller, but never left out and never too wide."""

import pytest

from convscope.drawing.page import Page
from convscope.drawing.style import DPI, POINTS
from convscope.drawing.text_layout import fit, measure
from tests.drawing.extents import texts

LABELS = [
    "bee",
    "predictions:European fire salamander",
    "-predictions:standard poodle",
    "backbone/mixed_7b_branch_pool_convolution:1023@center",
    "Pneumonoultramicroscopicsilicovolcanoconiosis",
    "price in $ and a_b^{c}",
    "iiiiiiiillllllll",
    "WWWWWWWW",
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [6, 8, 13])
def test_drawn_text_is_no_wider_than_measured(label, bold, size):
    page = Page(900, 40)
    page.text(label, 10, 10, size=size, bold=bold)
    ((text, (left, _, right, _)),) = texts(page.figure)
    assert text == label
    assert (right - left) * POINTS / DPI <= measure(label, size, bold)


@pytest.mark.parametrize("width", range(20, 120, 5))
def test_a_minus_stays_with_its_number(width):
    lines = fit("sums to -0.0652, 3e-05 and -4 of lrp-epsilon", width, 8, lines=9).lines
    assert {"-0.0652,", "3e-05", "-4"} <= set(" ".join(lines).split())
    assert not any(line.endswith((" -", "e-")) or line == "-" for line in lines)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("width", [30, 96, 400])
def test_fitted_text_keeps_every_letter_in_lines_that_fit(label, lines, width):
    letters = fit(label, width, 8, lines=lines)
    assert "".join(letters.lines).replace(" ", "") == label.replace(" ", "")
    assert len(letters.lines) <= lines
    assert letters.size <= 8
    assert all(measure(line, letters.size) <= width for line in letters.lines)


def test_text_that_fits_is_left_as_it_is():
    assert fit("block5_conv3:17", 200, 8).lines == ("block5_conv3:17",)
    assert fit("block5_conv3:17", 200, 8).size == 8


def test_empty_text_takes_no_room():
    assert fit("", 10, 8).height == 0
