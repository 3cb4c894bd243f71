"""Accuracy counts what it says, and the embedded network is read by default."""

import numpy as np
import pytest

from training import evaluate
from training.data import Pictures
from training.evaluate import Accuracy, rank


class Fixed:
    """A network whose answers are decided beforehand: the higher the class, the surer."""

    def predict_on_batch(self, feed: np.ndarray) -> np.ndarray:
        return np.tile(np.arange(10.0), (len(feed), 1))


def test_rank_is_the_place_of_the_right_answer():
    answers = np.array([[0.1, 0.7, 0.2]] * 3)
    assert rank(answers, np.array([1, 2, 0])).tolist() == [0, 1, 2]


def test_an_undecided_network_is_not_given_the_point():
    assert rank(np.full((1, 4), 0.25), np.array([2])).tolist() == [3]


def test_accuracy_over_more_than_one_batch():
    classes = np.arange(1000) % 10
    pictures = Pictures(np.zeros((1000, 2, 2, 3), np.uint8), classes)
    assert evaluate.evaluate(Fixed(), pictures) == Accuracy(top1=0.1, top5=0.5, count=1000)


def test_the_command_measures_the_embedded_network_by_default(monkeypatch, capsys):
    pictures = Pictures(np.zeros((2, 64, 64, 3), np.uint8), np.array([0, 1]))
    monkeypatch.setattr(evaluate, "read_pictures", lambda paths, split: pictures)
    evaluate.main(["--data", "anywhere"])
    assert capsys.readouterr().out.endswith("of 2 pictures\n")


def test_the_command_says_what_is_wrong_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        evaluate.main(["--data", str(tmp_path), "--weights", str(tmp_path / "gone.npz")])
    assert capsys.readouterr().err.startswith("Expected a weight file. There is none at")
