"""Changes of value: their size, and what they leave alone."""

import numpy as np
import pytest

from convscope.transforms import Brightness, Contrast, Noise, Transforms
from tests.transforms.seen import applied, chance, drawn, noise

SIZE = (8, 10)


def draws(change):
    return np.stack([change.draw(chance(0, step), SIZE, 3) for step in range(400)])


def test_noise_has_its_standard_deviation_in_every_pixel():
    found = draws(Noise(0.2))
    assert found.shape == (400, *SIZE, 3)
    assert found.std() == pytest.approx(0.2, rel=0.02)
    assert found.std(axis=0).min() > 0.15
    assert abs(found.mean()) < 0.005


def test_noise_is_added():
    loud, pictures = Transforms(Noise(0.2)), noise()
    hiss = drawn(loud)
    np.testing.assert_allclose(applied(loud, pictures, hiss), pictures + hiss[0], atol=1e-6)


def test_brightness_moves_all_of_a_picture_alike_and_reaches_its_limits():
    bright, pictures = Transforms(Brightness(0.3)), noise()
    found = draws(Brightness(0.3))
    assert -0.3 <= found.min() < -0.28
    assert 0.28 < found.max() <= 0.3
    moved = applied(bright, pictures, drawn(bright)) - pictures
    assert np.ptp(moved, axis=(1, 2, 3)).max() < 1e-6
    assert moved[0, 0, 0, 0] != moved[1, 0, 0, 0], "each picture has its own draw"


def test_contrast_keeps_the_mean_and_stretches_what_differs_from_it():
    strong, pictures = Transforms(Contrast(2.0)), noise()
    found = draws(Contrast(2.0))
    assert 0.5 <= found.min() < 0.52
    assert 1.95 < found.max() <= 2.0
    factors = drawn(strong)
    seen = applied(strong, pictures, factors)
    axes = (1, 2, 3)
    np.testing.assert_allclose(seen.mean(axes), pictures.mean(axes), atol=1e-6)
    np.testing.assert_allclose(seen.std(axes), pictures.std(axes) * factors[0], rtol=1e-5)
