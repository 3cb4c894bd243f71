"""The head of a figure: the photo, and the classes as bars."""

import numpy as np

from convscope.drawing import header
from convscope.drawing.page import Page
from tests.drawing.extents import texts

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))


def test_the_head_leaves_free_what_is_kept():
    photo = np.zeros((64, 64, 3))
    ends = []
    for kept in (0, 200):
        page = Page(600, header.height(photo, (), 600))
        header.draw(page, photo, TOP, "A photo", (), kept=kept)
        ends.append(max(right for text, (*_, right, _) in texts(page.figure) if "%" in text))
    assert ends[0] <= 2 * (600 - header.MARGIN)
    assert ends[1] <= 2 * (600 - header.MARGIN - 200)
