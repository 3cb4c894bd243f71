"""Accuracy counts what it says, and the embedded network is read by default."""

import numpy as np
import pytest

from convscope.errors import InputError
from convscope.networks.loading.embedded import NETWORKS, vgg16_tiny
from training import evaluate
from training.data import Pictures, centred
from training.evaluate import Accuracy, rank
from training.settings import Adversary

WEIGHTS = NETWORKS["vgg16-tiny"].weights


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


@pytest.fixture(scope="module")
def known():
    """Noise, each picture of the class that the embedded network takes it for."""
    pixels = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3), dtype=np.uint8)
    answers = vgg16_tiny().predict_on_batch(centred(pixels))
    return Pictures(pixels, answers.argmax(axis=1))


def test_an_attack_costs_accuracy_and_a_wider_ball_more(known):
    network = evaluate.logits(WEIGHTS)
    assert evaluate.evaluate(network, known).top1 == 1.0
    near, far = (
        evaluate.robust(network, known, Adversary(radius, 3, 0.5)) for radius in (1e-6, 2.0)
    )
    assert near.top1 == 1.0
    assert far.top1 < 0.5
    assert far == evaluate.robust(network, known, Adversary(2.0, 3, 0.5))


def test_a_resized_picture_keeps_its_size_its_colours_and_nothing_finer():
    chance = np.random.default_rng(0)
    flat = np.full((3, 8, 8, 3), (200, 100, 50), np.uint8)
    rough = chance.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    classes = np.zeros(3, int)
    for side, softness in ((4, 0.5), (4, 1.0), (8, 2.0)):
        np.testing.assert_array_equal(
            evaluate.resized(Pictures(flat, classes), side, softness).pixels, flat
        )
        seen = evaluate.resized(Pictures(rough, classes), side, softness).pixels
        assert seen.shape == rough.shape
        assert seen.std() < rough.std()
    same = evaluate.resized(Pictures(rough, classes), 8, 1.0).pixels
    np.testing.assert_array_equal(same, rough)


def test_answers_that_are_no_numbers_are_wrong():
    answers = np.array([[np.nan, np.nan, np.nan], [0.0, np.nan, 1.0], [0.0, 2.0, 1.0]])
    assert evaluate.rank(answers, np.array([1, 2, 1])).tolist() == [2, 1, 0]


@pytest.mark.parametrize("text", ["40", "0,1", "40,0", "40,inf", "small,1", ""])
def test_a_resizing_that_is_none_is_refused(text):
    with pytest.raises(InputError, match="SIDE,SOFTNESS"):
        evaluate.read_resizing(text)


def test_logits_are_what_softmax_makes_the_answers_of(known):
    feed = centred(known.pixels)
    logits = evaluate.logits(WEIGHTS).predict_on_batch(feed).astype("float64")
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    answers = vgg16_tiny().predict_on_batch(feed)
    np.testing.assert_allclose(shares, answers, atol=1e-5)


def test_the_command_measures_under_attack_too(known, monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "read_pictures", lambda paths, split: known)
    given = ["--data", "anywhere", "--count", "4"]
    evaluate.main([*given, "--adversary", "0.5,2"])
    clean, attacked = capsys.readouterr().out.splitlines()
    assert clean.startswith("top-1 100.00%")
    assert attacked.endswith("of 4 pictures, each changed by at most 0.5 in 2 steps")


@pytest.mark.parametrize("text", ["0.5", "0.5,two", "-1,3", "0.5,0", "nan,3", "1,2,3"])
def test_an_adversary_that_is_none_is_refused(text):
    with pytest.raises(InputError, match=r"Expected RADIUS,STEPS, as in 0\.75,10"):
        evaluate.read_adversary(text)
