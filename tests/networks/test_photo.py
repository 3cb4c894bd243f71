"""A photo as a network is fed it: its size, its channels, and what cannot be fed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convscope import images
from convscope.errors import PictureError
from convscope.networks.network import Network
from convscope.networks.photo import display_name, to_input
from convscope.networks.preprocessing import Preprocessing


def network(channels):
    """Size and channels are all that counts; nothing is run."""
    return Network(None, Preprocessing(), (8, 12), channels, name="mine")


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (30, 50, 3)).astype("uint8")


@pytest.mark.parametrize("channels", [1, 3])
def test_a_photo_gets_the_networks_size_and_channels(photo, channels):
    found = to_input(network(channels), photo)
    assert (found.shape, found.dtype) == ((8, 12, channels), np.float32)
    assert to_input(network(channels), photo, (5, 4)).shape == (5, 4, channels)


def test_gray_is_the_mean_of_the_colours_and_colours_of_gray_are_alike(photo):
    coloured = to_input(network(3), photo)
    np.testing.assert_allclose(to_input(network(1), photo)[:, :, 0], coloured.mean(2), atol=1e-6)
    gray = to_input(network(3), photo[:, :, 0])
    np.testing.assert_array_equal(gray[:, :, 0], gray[:, :, 2])


def test_a_path_an_image_and_an_array_are_fed_alike(photo, tmp_path):
    path = images.save(images.from_bytes(photo), tmp_path / "photo.png")
    for source in (path, str(path), Image.fromarray(photo)):
        np.testing.assert_array_equal(to_input(network(3), source), to_input(network(3), photo))


def test_an_array_of_many_channels_is_fed_channel_by_channel(photo):
    many = np.concatenate([photo, photo[:, :, :2]], axis=2)
    found = to_input(network(5), many)
    assert found.shape == (8, 12, 5)
    np.testing.assert_array_equal(found[:, :, :3], to_input(network(3), photo))
    np.testing.assert_array_equal(found[:, :, 3:], found[:, :, :2])


def test_the_photo_is_left_as_it_was(photo):
    before = photo.copy()
    for source in (photo, np.concatenate([photo] * 2, axis=2)):
        to_input(network(source.shape[2]), source)
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("photo.png", "Received: a path, 'photo.png'"),
        (Path("photo.png"), "Received: a path, 'photo.png'"),
        (np.zeros((8, 8, 3), "uint8"), r"Received: shape \(8, 8, 3\)"),
        (np.zeros((8, 8), "uint8"), r"Received: shape \(8, 8\)"),
        (np.zeros((0, 8, 5), "uint8"), r"Received: shape \(0, 8, 5\)"),
        (np.full((8, 8, 5), 2.0), "Expected floats in"),
        (np.full((8, 8, 5), np.nan), "Replace what is not finite"),
    ],
)
def test_what_is_no_picture_of_five_channels_is_refused(wrong, message):
    with pytest.raises(PictureError, match=message):
        to_input(network(5), wrong)


@pytest.mark.parametrize(
    ("photo", "name"),
    [
        ("/home/me/cat.jpg", "cat.jpg"),
        (Path("folder") / "cat.jpg", "cat.jpg"),
        (np.zeros((2, 2)), "ndarray"),
        (Image.new("L", (2, 2)), "Image"),
    ],
)
def test_a_photo_is_called_by_its_file_or_its_type(photo, name):
    assert display_name(photo) == name
