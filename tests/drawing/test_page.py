"""What is put on a page is where it was put, as it was given."""

import numpy as np
import pytest

from convscope.drawing.page import Box, Page
from tests.drawing.extents import drawn


def test_a_small_map_is_enlarged_to_exact_squares():
    picture = np.array([[[1.0, 0, 0], [0, 1.0, 0]], [[0, 0, 1.0], [1.0, 1.0, 1.0]]])
    page = Page(20, 20)
    page.picture(picture, Box(4, 6, 10, 10), squares=True)
    # Two pixels a point: ten points are twenty pixels, ten for each of the picture's own.
    np.testing.assert_array_equal(
        drawn(page.figure)[12:32, 8:28], np.kron(picture * 255, np.ones((10, 10, 1)))
    )


def test_a_small_picture_is_enlarged_smoothly():
    # A step from black to white: enlarged smoothly, there are grays on the way.
    step = np.zeros((8, 8, 3))
    step[:, 4:] = 1
    seen = []
    for squares in (False, True):
        page = Page(40, 40)
        page.picture(step, Box(0, 0, 40, 40), squares=squares)
        seen.append(np.unique(drawn(page.figure)[40, :, 0]).size)
    assert seen[0] > 5
    assert seen[1] == 2


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 3), (8, 4, 2)])
def test_pictures_of_any_channels_fill_their_box_and_are_left_as_they_were(shape):
    picture = np.zeros(shape, "float32")
    before = picture.copy()
    page = Page(20, 20)
    page.picture(picture, Box(2, 2, 16, 16))
    assert drawn(page.figure)[4:36, 4:36].max() == 0
    np.testing.assert_array_equal(picture, before)


def test_a_picture_keeps_its_proportions_in_the_middle_of_its_box():
    placed = Page(50, 50).picture(np.zeros((10, 20, 3)), Box(5, 5, 40, 40))
    assert placed == Box(5, 15, 40, 20)


def test_a_persons_own_matplotlibrc_does_not_change_the_layout():
    import matplotlib

    with matplotlib.rc_context({"figure.autolayout": True, "text.usetex": True}):
        page = Page(60, 20)
        page.text("a_b", 2, 2)
        dark = drawn(page.figure)
    assert dark.min() < 128


def test_a_frame_is_an_outline():
    page = Page(20, 20)
    page.frame(Box(5, 5, 10, 10), "#000000", 2)
    pixels = drawn(page.figure)
    assert (pixels[20, 12] == 0).all()  # two pixels a point: 10 rows down, 6 columns across
    assert (pixels[20, 20] == 255).all()
    assert (pixels[20, 6] == 255).all()
