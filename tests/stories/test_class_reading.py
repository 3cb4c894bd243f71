"""The class read off a response: the nearest mean, and how often that is right."""

import numpy as np
import pytest

from convscope.datasets.photos import Photos
from convscope.errors import InputError
from convscope.stories.class_reading import read, readings
from tests.stories.nets import colours, photo


def test_the_nearest_class_is_the_one_whose_mean_lies_in_the_same_direction():
    some = np.array([[2.0, 0, 0], [1, 0, 0], [0, 3, 0], [0, 1, 0], [0, 0, 1], [0, 0, 2]])
    named = np.array([0, 0, 1, 1, 2, 2])
    found = read(some, named, np.array([0.1, 9, 0.2]), colours())
    assert found.nearest[0][1] == "green"
    assert (found.classes, found.photos, found.right) == (3, 6, 1.0)
    assert found.chance == pytest.approx(1 / 3)


def test_a_photo_is_no_evidence_for_its_own_class():
    # Of each class a photo and a fainter one that points the other way: without itself, a photo's
    # class is where it is not; with itself in the mean, every first one would be read right.
    some = np.kron(np.eye(3), [[1.0], [-0.5]])
    found = read(some, np.array([0, 0, 1, 1, 2, 2]), some[0], colours())
    assert found.right == 0
    assert found.nearest[0][1] == "red"


def test_classes_of_one_photo_each_promise_nothing():
    found = read(np.eye(3), np.arange(3), np.array([1.0, 0, 0]), colours())
    assert (found.right, found.chance) == (None, None)


def test_alike_responses_are_near_to_nothing():
    found = read(np.ones((4, 3)), np.array([0, 0, 1, 1]), np.ones(3), colours())
    assert [cosine for *_, cosine in found.nearest] == [0.0, 0.0]


def test_without_classes_there_is_nothing_to_read(tmp_path):
    photos = Photos(tmp_path, (), "")
    with pytest.raises(InputError, match="no class layer"):
        readings(colours(classes=False), photo(), photos, ["first"], lambda share: None)
