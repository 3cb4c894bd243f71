"""Blur is diffusion: what it keeps, what it weakens, and how blurs add up."""

import numpy as np
import pytest

from convscope.transforms import Blur, Transforms
from tests.transforms.seen import applied, chance, noise

BLUR = Transforms(Blur(3.0))


def blurred(pictures, *sigmas):
    return applied(BLUR, pictures, [np.array(sigmas, "float32")])


def test_sigma_is_drawn_from_nothing_to_its_limit():
    found = np.stack([Blur(3.0).draw(chance(0, step), (8, 8), 3) for step in range(400)])
    assert 0 <= found.min() < 0.05
    assert 2.95 < found.max() <= 3.0


def test_without_a_width_nothing_is_blurred_beside_a_neighbour_that_is():
    pictures = noise()
    seen = blurred(pictures, 0.0, 2.0)
    np.testing.assert_allclose(seen[0], pictures[0], atol=1e-5)
    assert seen[1].std() < 0.5 * pictures[1].std()


@pytest.mark.parametrize("sigma", [0.3, 1.0, 40.0])
def test_a_constant_and_the_mean_of_every_colour_stay(sigma):
    flat = np.full((1, 7, 9, 3), 0.3, "float32")
    np.testing.assert_allclose(blurred(flat, sigma), flat, atol=1e-6)
    pictures = noise(1)
    means = pictures.mean((1, 2))
    np.testing.assert_allclose(blurred(pictures, sigma).mean((1, 2)), means, atol=1e-6)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 3.0])
def test_a_dot_becomes_a_bell_of_that_variance(sigma):
    dot = np.zeros((1, 41, 41, 1), "float32")
    dot[0, 20, 20] = 1.0
    bell = blurred(dot, sigma)[0, :, :, 0]
    assert bell.min() > -1e-6, "a blur has no dark rims"
    away = np.arange(41) - 20
    for axis in (0, 1):
        assert (bell.sum(axis) * away**2).sum() == pytest.approx(sigma**2, rel=1e-3)


def test_blurs_add_up_like_the_sides_of_a_triangle():
    pictures = noise()
    np.testing.assert_allclose(
        blurred(blurred(pictures, 3, 0.6), 4, 0.8), blurred(pictures, 5, 1.0), atol=1e-5
    )
