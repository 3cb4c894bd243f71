"""The grid as a picture: areas follow lengths, and text stays inside."""

import numpy as np
import pytest

from convscope.activation_grids.figure import PIXELS, Cells, Group, composed, grid
from tests.drawing.extents import assert_all_text_inside

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))


def cells(size=(8, 8)):
    """Two by two places: full length, a quarter of it, nothing, full length; all black."""
    return Cells(
        np.zeros((2, 6, 6, 3), "float32"),
        np.array([[0, 1], [-1, 0]]),
        np.array([[4.0, 1.0], [0.0, 4.0]]),
        (0, 0),
        size,
    )


def test_areas_are_in_proportion_to_lengths():
    side = PIXELS // 2
    made = 1 - composed(cells())[:, :, 0]
    quarters = [made[:side, :side], made[:side, side:], made[side:, :side], made[side:, side:]]
    assert [part.mean() for part in quarters] == pytest.approx([1, 0.25, 0, 1], abs=0.01)


@pytest.mark.parametrize("shape", [(64, 64, 3), (20, 60, 3), (60, 20, 3)])
@pytest.mark.parametrize("count", [0, 1, 30])
def test_text_stays_inside(shape, count):
    groups = [Group(np.zeros((6, 6, 3)), f"group {place}", "33%") for place in range(count)]
    figure = grid(
        np.zeros(shape),
        cells(shape[:2]),
        TOP,
        title="What a_layer_of_a_long_name of a network responds to in a photo",
        caption="2 x 2 places of 5 channels",
        notes=["A note."],
        groups=groups,
    )
    assert_all_text_inside(figure)
