"""MACO: natural magnitudes, free phases."""

import numpy as np
import pytest
from keras import ops

from convscope import images
from convscope.canvas import Maco, color
from convscope.canvas.spectrum import Spectrum, natural

SIZES = [(64, 64), (15, 15), (12, 20), (7, 4), (40, 16)]


def fresh(canvas, count=1, seed=0):
    noise = np.random.default_rng(seed).standard_normal((count, *canvas.noise_shape))
    return canvas.initial(noise)


def field(canvas, numbers, detail=None):
    return ops.convert_to_numpy(canvas.field(ops.convert_to_tensor(numbers), detail))


def magnitudes(fields):
    height, width = fields.shape[1:3]
    waves = np.fft.rfft2(fields, axes=(1, 2)) / (height * width)
    for row in {0, height // 2} if height % 2 == 0 else {0}:
        for column in {0, width // 2} if width % 2 == 0 else {0}:
            waves[:, row, column] = 0  # these have no phase, only a sign
    return np.abs(waves)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_whatever_it_paints_has_the_natural_magnitudes(size, channels):
    canvas = Maco(size, channels)
    painted = magnitudes(field(canvas, fresh(canvas)))[0]
    natural_ = np.where(painted > 0, canvas.magnitude(), 0)
    np.testing.assert_allclose(painted, natural_, atol=1e-5)
    assert (painted > 0).mean() > 0.4


def test_what_it_paints_has_the_contrast_of_photographs():
    canvas = Maco((64, 64))
    numbers = fresh(canvas, 16)
    painted = ops.convert_to_numpy(canvas.decode(ops.convert_to_tensor(numbers)))
    contrast = np.mean([images.rms_contrast(picture) for picture in painted])
    assert contrast == pytest.approx(0.228, abs=0.015)  # of Tiny ImageNet's


@pytest.mark.parametrize("size", [(128, 128), (32, 64), (200, 150)])
def test_contrast_is_the_same_at_any_size(size):
    known = Maco((64, 64))
    here, there = (field(canvas, fresh(canvas, 8)) for canvas in (known, Maco(size)))
    assert there.std() == pytest.approx(here.std(), rel=0.1)


def test_detail_leaves_out_the_finer_waves_only():
    canvas = Maco((32, 32))
    numbers = fresh(canvas)
    coarse = magnitudes(field(canvas, numbers, np.float32(0.5)))[0]
    full = magnitudes(field(canvas, numbers))[0]
    np.testing.assert_allclose(coarse[:5, :5], full[:5, :5], rtol=1e-2)
    assert (coarse[:, 13:] < 0.01 * full.max()).all()
    assert (coarse[:, 13:] < 0.02 * full[:, 13:] + 1e-6).all()


def test_beyond_the_measured_waves_magnitudes_decline_by_the_stated_power():
    known = len(natural().magnitude) - 1
    edge, far = (
        natural().at(np.array([0]), np.array([count]), 3)[0, 0] for count in (known, 4 * known)
    )
    np.testing.assert_allclose(edge / far, 4 ** natural().decline, rtol=1e-4)


def test_between_measured_waves_magnitudes_are_interpolated():
    magnitude = 1 / np.maximum(np.hypot(*np.indices((5, 5))), 1)[..., None] * np.ones(3)
    found = Spectrum(magnitude, np.ones(3)).at(np.array([0.0]), np.array([1.5, -2.5, 3.0]), 3)
    np.testing.assert_allclose(found[0, :, 0], [1 / 1.5, 1 / 2.5, 1 / 3], rtol=1e-6)


def test_one_channel_has_the_brightness_that_colour_has():
    colour, gray = (natural().at(np.arange(4), np.arange(4), count) for count in (3, 1))
    only = colour * np.array([1, 0, 0])
    spread = only @ color.TO_RGB.T
    np.testing.assert_allclose(gray[..., 0], np.sqrt((spread**2).mean(-1)), rtol=1e-4)
