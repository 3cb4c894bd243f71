"""Further classes are read alike from a folder and a zip, and count on after the others."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from convscope.errors import InputError, UnknownName
from training.data import Pictures
from training.further import HELD_OUT, middle, read_further, with_further

LABELS = ("rose", "apple tree")
COUNT = HELD_OUT + 2


def jpeg(grey, size=(10, 8)):
    buffer = io.BytesIO()
    Image.new("RGB", size, (grey,) * 3).save(buffer, "JPEG")
    return buffer.getvalue()


def grey_of(label, number):
    return 60 + 100 * LABELS.index(label) + number


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "further.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for label in LABELS:
            for number in reversed(range(COUNT)):
                packed.writestr(f"{label}/{number:04}.jpg", jpeg(grey_of(label, number)))
    return path


@pytest.fixture
def folder(archive):
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(archive.parent / "photos")
    return archive.parent / "photos"


def greys(pictures):
    return pictures.pixels.mean(axis=(1, 2, 3)).round().astype(int).tolist()


def test_a_zip_counts_classes_in_its_own_order_and_the_last_photos_are_held_out(archive):
    learned, held = (read_further(archive, split, 6) for split in ("training", "validation"))
    assert learned.labels == held.labels == LABELS
    assert learned.pictures.pixels.shape == (4, 6, 6, 3)
    assert learned.pictures.classes.tolist() == [0, 0, 1, 1]
    assert greys(learned.pictures) == [grey_of(label, n) for label in LABELS for n in (0, 1)]
    assert held.pictures.classes.tolist() == [0] * HELD_OUT + [1] * HELD_OUT
    assert greys(held.pictures)[:HELD_OUT] == [grey_of("rose", n) for n in range(2, COUNT)]


def test_a_folder_counts_classes_by_their_names(folder):
    found = read_further(folder, "training", 6)
    assert found.labels == ("apple tree", "rose")
    assert greys(found.pictures) == [
        grey_of(label, n) for label in ("apple tree", "rose") for n in (0, 1)
    ]


def test_they_come_after_the_classes_that_there_are(archive):
    before = Pictures(np.zeros((3, 6, 6, 3), np.uint8), np.array([0, 7, 199]))
    both = with_further(before, archive, "training")
    assert both.classes.tolist() == [0, 7, 199, 200, 200, 201, 201]
    assert both.pixels.shape == (7, 6, 6, 3)
    assert with_further(before, None, "training") is before


def test_the_middle_of_a_photo_is_seen_undistorted():
    tall = np.zeros((60, 40, 3), np.uint8)
    tall[10:50] = 200  # the square in the middle
    buffer = io.BytesIO()
    Image.fromarray(tall).save(buffer, "PNG")
    found = middle(buffer.getvalue(), 20)
    assert found.shape == (20, 20, 3)
    assert (found[2:-2] == 200).all()  # its edge is mixed with what is beyond


def test_a_class_without_photos_to_learn_from_is_refused(tmp_path):
    (tmp_path / "rose").mkdir()
    for number in range(HELD_OUT):
        (tmp_path / "rose" / f"{number}.jpg").write_bytes(jpeg(9))
    with pytest.raises(InputError, match="more than 40 photos a class.*Received: 40 of 'rose'"):
        read_further(tmp_path, "training", 6)


def test_what_holds_no_photos_is_refused(tmp_path):
    with pytest.raises(InputError, match="Expected photos <label>/<number>.jpg. There is none in"):
        read_further(tmp_path, "training", 6)
    with pytest.raises(InputError, match="a folder or a zip of further classes. There is none at"):
        read_further(tmp_path / "gone.zip", "training", 6)
    with pytest.raises(UnknownName, match="Did you mean 'training'"):
        read_further(tmp_path, "trainig", 6)
