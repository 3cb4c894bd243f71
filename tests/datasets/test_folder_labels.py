"""Labels of photos from the names of their folders."""

from pathlib import Path

from convscope.datasets.folder_labels import folder_labels
from convscope.datasets.photos import Photos


def labels(*names):
    found, table = folder_labels(Photos(Path("photos"), names, ""))
    return {label: list(column.nonzero()[0]) for label, column in zip(found, table.T, strict=True)}


def test_photos_without_folders_have_no_labels():
    assert labels("a.png", "b.png") == {}
    assert labels("a.png", "cat/b.png") == {"cat": [1]}


def test_folders_in_folders_give_several_labels():
    found = labels("animal/cat/1.png", "animal/dog/2.png", "animal/3.png", "tool/saw/4.png")
    assert found == {"animal": [0, 1, 2], "cat": [0], "dog": [1], "saw": [3]}


def test_the_same_name_in_two_places_is_one_label():
    found = labels("train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "val/dog/4.png")
    assert found == {"train": [0, 1], "val": [2, 3], "cat": [0, 2], "dog": [1, 3]}


def test_a_folder_in_a_folder_of_its_name_counts_its_photos_once():
    assert labels("cat/cat/1.png", "dog/2.png", "dog/cat/3.png") == {"cat": [0, 2], "dog": [1, 2]}


def test_names_of_strangers_control_no_terminal():
    (label,) = labels("a\x1b[2Jb/1.png", "2.png")
    assert "\x1b" not in label
