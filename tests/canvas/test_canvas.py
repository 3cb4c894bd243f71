"""Every canvas: what it promises to an ascent."""

import numpy as np
import pytest
from keras import ops

from convscope.canvas import CANVASES, Photo, color, has_opacity
from convscope.canvas.fourier import FRESH, Fourier, frequencies, waves

SIZES = [(16, 16), (15, 15), (12, 20), (7, 4), (1, 1)]


def photograph(size, channels=3, seed=0):
    """A smooth made-up picture with full contrast, black and white included."""
    down, across = np.meshgrid(*(np.linspace(0, 3, side) for side in size), indexing="ij")
    phase = np.random.default_rng(seed).uniform(0, 6, channels)
    waves_ = np.sin(down[..., None] + phase) * np.cos(across[..., None] - phase)
    return np.clip(0.5 + 0.7 * waves_, 0, 1).astype("float32")


def paint(canvas, numbers, detail=None):
    return ops.convert_to_numpy(canvas.decode(ops.convert_to_tensor(numbers), detail))


def fresh(canvas, count=2):
    noise = np.random.default_rng(0).standard_normal((count, *canvas.noise_shape))
    return canvas.initial(noise)


@pytest.mark.parametrize("name", CANVASES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_every_canvas_paints_pictures_of_any_size_and_any_number_of_channels(name, size, channels):
    canvas = CANVASES[name](size, channels)
    picture = paint(canvas, fresh(canvas), np.float32(0.5))
    assert picture.shape == (2, *size, canvas.channels)
    assert picture.min() >= 0
    assert picture.max() <= 1


@pytest.mark.parametrize("name", CANVASES)
def test_every_canvas_begins_about_gray(name):
    canvas = CANVASES[name]((32, 24), 3)
    picture = paint(canvas, fresh(canvas))[..., :3]
    # MACO has natural contrast from the first; all others begin without.
    assert 0 < picture.std() < (0.25 if name == "maco" else 0.05)
    assert abs(picture.mean() - 0.5) < 0.02


@pytest.mark.parametrize("name", CANVASES)
def test_every_picture_of_a_batch_is_the_one_it_is_alone(name):
    canvas = CANVASES[name]((12, 16), 3)
    numbers = fresh(canvas)
    alone = paint(canvas, numbers[1:])
    np.testing.assert_allclose(paint(canvas, numbers)[1], alone[0], atol=1e-5)


@pytest.mark.parametrize("name", CANVASES)
def test_what_a_canvas_is_given_stays_as_it_was(name):
    canvas = CANVASES[name]((8, 8), 3)
    noise = np.random.default_rng(0).standard_normal((1, *canvas.noise_shape)).astype("float32")
    before = noise.copy()
    canvas.initial(noise)
    np.testing.assert_array_equal(noise, before)


@pytest.mark.parametrize("side", [1, 2, 7, 16])
def test_waves_are_orthogonal_with_mean_square_one(side):
    np.testing.assert_allclose(waves(side).T @ waves(side), side * np.eye(side), atol=1e-4)


def test_frequencies_come_in_pairs_from_zero():
    np.testing.assert_array_equal(frequencies(6), [0, 1, 1, 2, 2, 3])


def test_detail_leaves_out_the_finer_waves_only():
    canvas = Fourier((32, 32))
    numbers = np.zeros((2, 32, 32, 3), "float32")
    numbers[0, 3, 0] = 40.0  # two cycles of sixteen
    numbers[1, 27, 0] = 40.0  # fourteen of sixteen
    coarse = paint(canvas, numbers, np.float32(0.5))
    full = paint(canvas, numbers)
    np.testing.assert_allclose(coarse[0], full[0], atol=1e-3)
    np.testing.assert_allclose(coarse[1], 0.5, atol=1e-3)


def test_waves_weaken_with_their_frequency():
    flat, natural = Fourier((16, 16), decay=0.0), Fourier((16, 16), decay=1.0)
    numbers = np.zeros((1, 16, 16, 3), "float32")
    numbers[0, 7, 0, 0] = 1.0  # four cycles
    strong, weak = (
        ops.convert_to_numpy(canvas.field(ops.convert_to_tensor(numbers)))
        for canvas in (flat, natural)
    )
    np.testing.assert_allclose(strong, 4 * weak, rtol=1e-5)


def test_a_fresh_spectrum_has_the_stated_deviation():
    noise = np.random.default_rng(0).standard_normal((1, 64, 64, 3))
    assert Fourier((64, 64)).initial(noise).std() == pytest.approx(FRESH, rel=0.02)


def test_colours_are_the_published_ones_and_invert():
    lucid = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
    signs = np.sign(color.EIGENVECTORS[0])
    root = color.EIGENVECTORS * np.sqrt(color.EIGENVALUES) * signs
    np.testing.assert_allclose(root, lucid, atol=0.011)
    np.testing.assert_allclose(color.TO_RGB @ color.FROM_RGB, np.eye(3), atol=1e-5)
    photo = photograph((5, 6))
    back = ops.convert_to_numpy(color.to_picture(ops.convert_to_tensor(color.from_picture(photo))))
    np.testing.assert_allclose(back, photo, atol=color.MARGIN * 1.1)


@pytest.mark.parametrize("name", CANVASES)
def test_only_what_has_opacity_is_seen_over_a_backdrop(name):
    canvas = CANVASES[name]((8, 8), 3)
    assert has_opacity(canvas) == (canvas.channels == 4) == hasattr(canvas, "seen")
    assert has_opacity(canvas) == (canvas.background_shape is not None)


# The photo canvas


def test_a_photo_canvas_starts_at_the_photo():
    photo = photograph((9, 12))
    canvas = Photo(photo, strength=0.05)
    start = canvas.initial(np.ones((1, 9, 12, 3)))
    np.testing.assert_allclose(paint(canvas, start)[0], photo, atol=1e-6)


@pytest.mark.parametrize("strength", [0.02, 0.1])
def test_a_photo_is_never_changed_by_more_than_its_strength(strength):
    photo = photograph((16, 16))
    canvas = Photo(photo, strength)
    numbers = np.random.default_rng(1).normal(0, 30, (4, 16, 16, 3)).astype("float32")
    change = paint(canvas, numbers) - photo
    rms = np.sqrt((change**2).mean((1, 2, 3)))
    assert (rms <= strength + 1e-5).all()
    assert (rms > strength / 2).all()
