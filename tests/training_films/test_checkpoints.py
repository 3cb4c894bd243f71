"""Checkpoints are put in the order in which they were saved, by the numbers in their names."""

import pytest

from convscope.errors import InputError
from convscope.training_films.checkpoints import found


@pytest.fixture
def folder(tmp_path):
    """A function that makes empty files of these names, in an order of no meaning."""

    def folder(*names):
        for name in names:
            (tmp_path / name).touch()
        return tmp_path

    return folder


def told(checkpoints):
    return [(each.counts, each.at) for each in checkpoints]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["epoch-10.weights.h5", "epoch-9.weights.h5", "epoch-1.keras"], [1, 9, 10]),
        (["Epoch_02.keras", "Epoch_01.keras"], [1, 2]),
    ],
)
def test_epochs_are_in_their_natural_order(folder, names, expected):
    assert told(found([folder(*names)])) == [("epoch", number) for number in expected]


def test_a_step_tells_more_than_its_epoch(folder):
    path = folder("epoch-02-step-1200.weights.h5", "epoch-01-step-600.weights.h5")
    assert told(found([path])) == [("step", 600), ("step", 1200)]


def test_what_all_names_share_counts_nothing(folder):
    path = folder("batch32_epoch05.weights.h5", "batch32_epoch06.weights.h5")
    assert told(found([path])) == [("epoch", 5), ("epoch", 6)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["model.03-0.95.keras", "model.11-0.35.keras"], [3, 11]),
        (["vgg16-20.weights.h5", "vgg16-5.weights.h5"], [5, 20]),
        (["0.weights.h5", "10.weights.h5", "9.weights.h5"], [0, 9, 10]),
        (["w-1.5-7.keras", "w-0.5-8.keras"], [7, 8]),
    ],
)
def test_a_number_that_names_nothing_counts_checkpoints(folder, names, expected):
    assert told(found([folder(*names)])) == [("checkpoint", number) for number in expected]


def test_files_without_numbers_are_in_the_order_given(folder):
    path = folder("first.keras", "best.keras", "notes.txt")
    assert [each.path.name for each in found([path / "first.keras", path / "best.keras"])] == [
        "first.keras",
        "best.keras",
    ]
    assert [each.path.name for each in found([path])] == ["best.keras", "first.keras"]


def test_one_checkpoint_is_enough(folder):
    assert told(found([folder("vgg16-30.keras") / "vgg16-30.keras"])) == [("checkpoint", 30)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["epoch-1.keras", "best.keras"], "a number in each checkpoint's name.*best.keras among 2"),
        (["epoch-1.keras", "epoch-01.keras"], "one checkpoint for each epoch. Received for 1:"),
        (["notes.txt"], "folder with checkpoints, .weights.h5 or .keras"),
    ],
)
def test_what_has_no_order_is_refused(folder, names, message):
    with pytest.raises(InputError, match=message):
        found([folder(*names)])


def test_what_is_no_checkpoint_is_refused(folder):
    path = folder("model.h5")
    with pytest.raises(InputError, match="There is no checkpoint at .*gone.keras"):
        found([path / "gone.keras"])
    with pytest.raises(InputError, match="Received: 'model.h5'"):
        found([path / "model.h5"])
    with pytest.raises(InputError, match="Received: none"):
        found([])
