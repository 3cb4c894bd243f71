"""The transparent canvas: opacity is limited, and what is behind cannot be relied on."""

import numpy as np
import pytest
from keras import ops

from convscope import images
from convscope.canvas import Transparent


def paint(canvas, numbers):
    return ops.convert_to_numpy(canvas.decode(ops.convert_to_tensor(numbers.astype("float32"))))


@pytest.mark.parametrize("cover", [0.1, 0.45])
def test_mean_opacity_never_exceeds_cover(cover):
    canvas = Transparent((16, 12), cover=cover)
    numbers = np.random.default_rng(0).normal(0, 20, (8, *canvas.noise_shape))
    numbers[0, 0, 0, 3] = 100  # all opaque
    numbers[1, 0, 0, 3] = -100  # all transparent
    opacity = paint(canvas, numbers)[..., 3].mean((1, 2))
    assert (opacity <= cover + 1e-5).all()
    assert opacity[0] == pytest.approx(cover)
    assert opacity[1] < 0.01


def test_what_is_opaque_hides_the_backdrop_and_what_is_not_shows_it():
    canvas = Transparent((8, 8))
    picture = np.random.default_rng(0).uniform(size=(1, 8, 8, 4)).astype("float32")
    picture[:, :4, :, 3], picture[:, 4:, :, 3] = 1, 0
    backdrop = np.full((1, *canvas.background_shape), 0.25, "float32")
    seen = ops.convert_to_numpy(canvas.seen(picture, backdrop))
    np.testing.assert_allclose(seen[:, :4], picture[:, :4, :, :3], atol=1e-6)
    np.testing.assert_allclose(seen[:, 4:], 0.25, atol=1e-6)


@pytest.mark.parametrize("size", [(16, 12), (3, 5), (1, 1), (64, 64)])
@pytest.mark.parametrize("colours", [1, 3])
def test_backdrops_fill_the_picture_smoothly_within_their_range(size, colours):
    canvas = Transparent(size, colours)
    clear = np.zeros((2, *size, colours + 1), "float32")
    backdrop = (
        np.random.default_rng(0).uniform(size=(2, *canvas.background_shape)).astype("float32")
    )
    seen = ops.convert_to_numpy(canvas.seen(clear, backdrop))
    assert seen.shape == (2, *size, colours)
    assert seen.min() >= backdrop.min() - 1e-6
    assert seen.max() <= backdrop.max() + 1e-6
    if min(size) == 64:
        assert np.abs(np.diff(seen, axis=1)).max() < 0.25


def test_over_mid_gray_it_is_what_readers_of_the_file_see(tmp_path):
    canvas = Transparent((8, 8))
    numbers = np.random.default_rng(0).normal(0, 5, (1, *canvas.noise_shape))
    picture = images.from_bytes(images.to_bytes(paint(canvas, numbers)[0]))
    path = images.save(picture, tmp_path / "unit.png", opacity=True)
    backdrop = np.full((1, *canvas.background_shape), images.BACKGROUND, "float32")
    seen = ops.convert_to_numpy(canvas.seen(picture[None], backdrop))[0]
    np.testing.assert_allclose(images.read(path), seen, atol=1e-6)
    np.testing.assert_allclose(images.composite(picture), seen, atol=1e-6)
