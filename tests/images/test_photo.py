"""A photo that has been read: its path wherever a path is wanted, and its pixels without a file."""

import os
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from convscope.networks.photo import display_name, recorded_path


@pytest.fixture
def photo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = images.save(np.random.default_rng(0).random((4, 5, 3), "float32"), Path("noise.png"))
    return images.Photo(path, images.read(path))


def test_it_is_loaded_without_its_file_and_keeps_its_pixels(photo):
    photo.path.unlink()
    loaded = images.load(photo)
    np.testing.assert_array_equal(loaded, photo.picture)
    loaded[:] = 0
    assert photo.picture.any()


def test_without_pixels_it_is_read_where_it_is_needed(photo):
    later = images.Photo(photo.path)
    np.testing.assert_array_equal(images.load(later), photo.picture)


def test_records_tell_its_path(photo):
    assert (recorded_path(photo), display_name(photo)) == ("noise.png", "noise.png")
    assert (os.fspath(photo), str(photo), photo.name, photo.stem) == (
        *("noise.png",) * 3,
        "noise",
    )
    assert repr(photo) == "Photo(path=PosixPath('noise.png'))"
