"""Both layouts of Tiny ImageNet are read alike."""

import io
import zipfile

import keras
import numpy as np
import pytest
from PIL import Image

from convscope.errors import InputError, UnknownName
from training.data import centred, read_pictures

# Not in order, as in the public wnids.txt: classes count by the sorted ids.
WNIDS = ["n03", "n01", "n02"]
VALIDATION = {"val_0.JPEG": 2, "val_1.JPEG": 0, "val_2.JPEG": 1}


def jpeg(grey: int, side: int = 8, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (side, side), grey if mode == "L" else (grey,) * 3).save(buffer, "JPEG")
    return buffer.getvalue()


def grey_of(number: int) -> int:
    return 40 + 60 * number


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "wnids.txt").write_text("\n".join(WNIDS))
    for number, wnid in enumerate(sorted(WNIDS)):
        images = tmp_path / "train" / wnid / "images"
        images.mkdir(parents=True)
        for count in range(2):
            (images / f"{wnid}_{count}.JPEG").write_bytes(jpeg(grey_of(number)))
    (tmp_path / "val" / "images").mkdir(parents=True)
    lines = []
    for name, number in VALIDATION.items():
        (tmp_path / "val" / "images" / name).write_bytes(jpeg(grey_of(number)))
        lines.append(f"{name}\t{sorted(WNIDS)[number]}\t0\t0\t7\t7\n")
    (tmp_path / "val" / "val_annotations.txt").write_text("".join(lines))
    return [tmp_path]


@pytest.fixture
def archives(tmp_path):
    for part in range(2):
        with zipfile.ZipFile(tmp_path / f"train_{part}.zip", "w") as archive:
            for number in range(3):
                archive.writestr(f"{number}_{part}.JPEG", jpeg(grey_of(number)))
    with zipfile.ZipFile(tmp_path / "val.zip", "w") as archive:
        for name, number in VALIDATION.items():
            archive.writestr(name, jpeg(grey_of(number)))
    table = "".join(f"{name}\t{number}\n" for name, number in VALIDATION.items())
    (tmp_path / "val_labels.tsv").write_text(table)
    return sorted(tmp_path.iterdir())


@pytest.fixture(params=["folder", "archives", "folder of archives"])
def source(request):
    if request.param == "folder of archives":
        return [request.getfixturevalue("archives")[0].parent]
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("split", "classes"), [("training", [0, 0, 1, 1, 2, 2]), ("validation", [2, 0, 1])]
)
def test_every_picture_comes_with_its_own_class(source, split, classes):
    pictures = read_pictures(source, split)
    assert len(pictures) == len(classes)
    assert pictures.pixels.dtype == np.uint8
    assert pictures.pixels.shape == (len(classes), 8, 8, 3)
    order = np.argsort(pictures.classes, kind="stable") if split == "training" else slice(None)
    assert pictures.classes[order].tolist() == classes
    greys = np.array([grey_of(number) for number in pictures.classes])
    np.testing.assert_allclose(pictures.pixels.mean(axis=(1, 2, 3)), greys, atol=2)


def test_grey_pictures_become_rgb(archives):
    with zipfile.ZipFile(archives[0], "a") as archive:
        archive.writestr("1_9.JPEG", jpeg(77, mode="L"))
    pixels = read_pictures(archives[:1], "training").pixels
    np.testing.assert_array_equal(pixels[-1], np.full((8, 8, 3), 77))


def test_a_picture_of_another_size_is_refused(archives):
    with zipfile.ZipFile(archives[0], "a") as archive:
        archive.writestr("1_9.JPEG", jpeg(77, side=9))
    with pytest.raises(InputError, match=r"Expected a picture shaped \(8, 8, 3\).*\(9, 9, 3\)"):
        read_pictures(archives, "training")


def test_validating_without_labels_finds_no_pictures(archives):
    zips = [path for path in archives if path.suffix == ".zip"]
    with pytest.raises(InputError, match=r"Expected pictures. Received: none"):
        read_pictures(zips, "validation")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"There is none at .*gone\.zip"):
        read_pictures([tmp_path / "gone.zip"], "training")


def test_a_misspelt_split_is_refused(archives):
    with pytest.raises(UnknownName, match="Did you mean 'training'"):
        read_pictures(archives, "trainig")


def test_centring_is_what_keras_does_for_vgg16_and_leaves_its_input_alone():
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    before = pixels.copy()
    expected = keras.applications.vgg16.preprocess_input(pixels.astype("float32"))
    np.testing.assert_allclose(centred(pixels), expected, atol=1e-5)
    np.testing.assert_array_equal(pixels, before)
