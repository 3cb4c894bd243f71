"""A folder or an archive of photos: what is in it, and when it is another one."""

import os
import zipfile

import numpy as np
import pytest

from convscope.datasets.photos import LEAST, Photos
from convscope.errors import InputError, PictureError
from tests.cards.nets import photographs


def test_photos_are_listed_in_the_order_of_their_names(photos):
    (photos / "notes.txt").write_text("no photo")
    (photos / ".hidden.png").write_bytes(b"no photo either")
    (photos / "folder.png").mkdir()
    (photos / "lost.png").symlink_to(photos / "nowhere.png")
    found = Photos.of(photos)
    assert found.names == tuple(f"photo-{number:02}.png" for number in range(20))
    with found.opened() as read:
        np.testing.assert_array_equal(read("photo-03.png"), photographs()[3])


def test_an_archive_holds_the_same_photos_as_its_folder(photos, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in photos.iterdir():
            archive.write(path, f"inside/{path.name}")
    found = Photos.of(tmp_path / "photos.zip")
    with found.opened() as read:
        shown = [read(name) for name in found.names]
    np.testing.assert_array_equal(shown, photographs())


@pytest.mark.parametrize("change", ["name", "size", "date"])
def test_the_digest_tells_when_a_file_has_changed(photos, change):
    before, path = Photos.of(photos).digest, photos / "photo-07.png"
    assert Photos.of(photos).digest == before
    if change == "name":
        path.rename(photos / "other.png")
    elif change == "size":
        state = path.stat()
        path.write_bytes(path.read_bytes() + b"more")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    else:
        os.utime(path, (1, 1))
    assert Photos.of(photos).digest != before


def test_what_is_no_folder_of_photos_is_refused_in_one_line(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"x")
    with pytest.raises(
        InputError, match=r"a folder of photos or a \.zip of them. Received: '.*png'"
    ):
        Photos.of(tmp_path / "photo.png")
    with pytest.raises(InputError, match=f"at least {LEAST} photos in .* Received: 1"):
        Photos.of(tmp_path)
    (tmp_path / "broken.zip").write_bytes(b"x")
    with pytest.raises(InputError, match="Cannot read .*broken.zip.*Try: pack or fetch"):
        Photos.of(tmp_path / "broken.zip")


def test_an_archive_that_unpacks_to_too_much_is_refused(photos, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in photos.iterdir():
            archive.write(path, path.name)
    monkeypatch.setattr("convscope.datasets.photos.LARGEST", 10)
    with (
        Photos.of(tmp_path / "photos.zip").opened() as read,
        pytest.raises(PictureError, match="unpacks to"),
    ):
        read("photo-00.png")
