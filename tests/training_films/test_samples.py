"""Layers are compared on pictures of the network's own kind, the same ones every time."""

import numpy as np
import pytest

from convscope import images
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError
from convscope.training_films.samples import COUNT, samples
from tests.networks.nets import body, network, settle


def small(channels):
    return network(settle(body(channels=channels)), channels=channels)


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_pictures_are_at_hand_for_every_network(channels):
    found = samples(small(channels))
    assert found.pictures.shape == (COUNT, 8, 8, channels)
    assert found.pictures.dtype == np.float32
    assert found.pictures.min() >= 0
    assert found.pictures.max() <= 1
    assert len(np.unique(found.pictures.reshape(COUNT, -1), axis=0)) == COUNT
    assert ("photos" in found.description) == (channels != 5)
    np.testing.assert_array_equal(found.pictures, samples(small(channels)).pictures)
    assert (samples(small(channels), seed=1).pictures != found.pictures).any()


def test_cuttings_come_from_the_photos_of_the_tour():
    colours = [images.read(path).mean((0, 1)) for path in PHOTOS]
    found = samples(small(3)).pictures.mean((1, 2))
    near = [np.linalg.norm(half.mean(0) - own) for half, own in
            zip(np.split(found, 2), colours, strict=True)]  # fmt: skip
    assert max(near) < 0.12


def test_a_folder_of_photos_is_taken_evenly(tmp_path):
    for number in range(40):
        shade = np.full((9, 9, 3), number / 40, "float32")
        images.save(shade, tmp_path / f"{number:02}.png")
    (tmp_path / "39.png").write_bytes(b"damaged")
    found = samples(small(3), tmp_path)
    shades = found.pictures.mean((1, 2, 3))
    assert len(shades) == COUNT - 1  # the last one is left out
    assert (np.diff(shades) > 0).all()
    assert found.description == f"31 photos from {tmp_path.name}"


def test_pictures_may_be_given():
    given = [np.full((8, 8, 3), value, "float32") for value in (0.0, 0.2, 0.4, 0.6)]
    np.testing.assert_allclose(samples(small(3), given).pictures, np.stack(given), atol=0.01)


def test_hardly_any_pictures_tell_nothing():
    with pytest.raises(InputError, match="at least 4 pictures to compare on"):
        samples(small(3), [np.zeros((8, 8, 3), "float32")])
