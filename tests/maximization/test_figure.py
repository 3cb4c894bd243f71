"""The picture of an ascent shows what was maximized and how high."""

import numpy as np
import pytest

from convscope.maximization.figure import ascent
from tests.drawing.extents import all_words, assert_all_text_inside


@pytest.mark.parametrize(
    "history", [(3.0,), (1.0, 2.0), tuple(np.linspace(-1e-5, 2e-5, 96)), (0.0, 1e7), (5.0,) * 9]
)
@pytest.mark.parametrize("shape", [(64, 64, 3), (40, 120, 3), (120, 40, 1)])
def test_axes_are_named_and_all_text_is_inside(history, shape):
    figure = ascent(np.zeros(shape), "-predictions:European fire salamander", "response 3", history)
    assert_all_text_inside(figure)
    assert "response 3" in all_words(figure)
    assert figure.axes[1].get_xlabel() == "step"
    assert figure.axes[1].get_ylabel() == "score"


def test_the_plot_is_the_history():
    figure = ascent(np.zeros((8, 8, 3)), "a", "b", (1.0, 4.0, 9.0))
    (line,) = figure.axes[1].lines
    np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(line.get_ydata(), [1, 4, 9])
