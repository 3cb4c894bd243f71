"""Kernels are shown about mid gray."""

import numpy as np
import pytest

from convscope.activation.kernels_figure import about_gray, kernels
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside


def test_zero_is_mid_gray_and_the_largest_weight_an_end_of_the_range():
    kernel = np.array([[[0.0, 3.0, -6.0]]])
    picture, largest = about_gray(kernel)
    assert largest == 6
    np.testing.assert_allclose(picture, [[[0.5, 0.75, 0.0]]])
    np.testing.assert_array_equal(kernel, [[[0.0, 3.0, -6.0]]])


def test_a_kernel_of_zeros_is_gray():
    picture, largest = about_gray(np.zeros((3, 3, 3)))
    assert largest == 0
    assert (picture == 0.5).all()


@pytest.mark.parametrize("shape", [(3, 3, 3, 64), (7, 7, 1, 1), (11, 5, 3, 96), (1, 9, 3, 2)])
def test_every_kernel_has_its_index(shape):
    figure = kernels(np.random.default_rng(0).normal(size=shape), title="Kernels of conv1")
    assert_all_text_inside(figure)
    assert f":{shape[3] - 1} " in all_words(figure) + " "


def test_kernels_of_other_channels_are_refused():
    with pytest.raises(InputError, match=r"Received: \(3, 3, 64, 8\)"):
        kernels(np.zeros((3, 3, 64, 8)))
