"""Deletion and insertion, on networks whose curves are known."""

import numpy as np
import pytest

from convscope.attribution.evaluation.confidence import Confidence
from convscope.attribution.evaluation.curves import (
    area,
    blurred,
    crossing,
    deletion,
    insertion,
    ranking,
)
from convscope.attribution.evaluation.evidence import EvaluationSettings
from tests.attribution import networks
from tests.attribution.networks import SIDE, weights

TRIAL = EvaluationSettings(steps=SIDE)
TARGET = "2 * predictions:bee"


def exact(network, photo):
    """What each pixel really adds to the score, against gray."""
    return 2 * ((photo - 0.5) * weights(network)[..., 1]).sum(axis=-1, dtype="float64")


def curve(judge, case, trial=TRIAL):
    (score,) = judge([case], trial)
    return score.curve


def test_a_linear_models_exact_map_gives_the_steepest_curve_of_all(linear, photo, case):
    best = curve(deletion, case(linear, photo, exact(linear, photo)))
    assert best[0] == pytest.approx(1)
    assert best[-1] == pytest.approx(0, abs=1e-5)
    for seed in range(20):
        other = np.random.default_rng(seed).normal(size=(SIDE, SIDE))
        assert (best <= curve(deletion, case(linear, photo, other)) + 1e-5).all()
    worst = curve(deletion, case(linear, photo, -exact(linear, photo)))
    np.testing.assert_allclose(worst, 1 - best[::-1], atol=1e-4)


def test_the_curve_of_a_linear_model_is_what_the_pixels_add(linear, photo, case):
    parts = exact(linear, photo)
    heat = np.random.default_rng(3).normal(size=parts.shape)
    order = np.argsort(-heat, axis=None)
    gone = [parts.ravel()[order[: SIDE * step]].sum() for step in range(SIDE + 1)]
    found = curve(deletion, case(linear, photo, heat))
    np.testing.assert_allclose(found, 1 - np.array(gone) / parts.sum(), rtol=1e-3, atol=1e-4)


def test_random_maps_of_a_linear_model_give_a_straight_line_on_average(linear, photo, case):
    draws = np.random.default_rng(0).normal(size=(400, SIDE, SIDE))
    curves = [
        curve(deletion, case(linear, photo, heat), EvaluationSettings(steps=4)) for heat in draws
    ]
    spread = np.std(curves, axis=0) / np.sqrt(len(curves))
    off = np.abs(np.mean(curves, axis=0) - np.linspace(1, 0, 5))
    assert (off <= 4 * spread + 1e-5).all()


def test_insertion_into_gray_is_deletion_upside_down_where_the_model_is_linear(
    linear, photo, case, monkeypatch
):
    gray = np.full_like(photo, 0.5)
    monkeypatch.setattr("convscope.attribution.evaluation.curves.blurred", lambda *arguments: gray)
    one = case(linear, photo, np.random.default_rng(1).normal(size=(SIDE, SIDE)))
    (gone,), (come,) = deletion([one], TRIAL), insertion([one], TRIAL)
    np.testing.assert_allclose(gone.curve + come.curve, 1, atol=1e-4)
    assert gone.value + come.value == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("judge", [deletion, insertion])
def test_the_area_of_a_constant_confidence_is_that_confidence(photo, case, judge):
    constant = networks.linear()
    kernel = constant.model.get_layer("predictions").kernel
    kernel.assign(np.zeros(kernel.shape, "float32"))
    expected = float(constant.probabilities(photo[None])[0, 1])
    heat = np.random.default_rng(0).normal(size=(SIDE, SIDE))
    (score,) = judge([case(constant, photo, heat, "predictions:bee")], TRIAL)
    assert score.value == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(score.curve, expected, atol=1e-6)


def test_a_class_is_judged_by_its_probability(linear, photo, case):
    one = case(linear, photo, exact(linear, photo), "predictions:bee")
    (score,) = deletion([one], TRIAL)
    gray = np.full_like(photo, 0.5)
    ends = linear.probabilities(np.stack([photo, gray]))[:, 1]
    np.testing.assert_allclose(score.curve[[0, -1]], ends, rtol=1e-4)


def test_insertion_begins_at_the_blurred_photo_and_ends_at_the_photo(linear, photo, case):
    one = case(linear, photo, exact(linear, photo), "predictions:bee")
    (score,) = insertion([one], TRIAL)
    ends = linear.probabilities(np.stack([blurred(photo, TRIAL.blur), photo]))[:, 1]
    np.testing.assert_allclose(score.curve[[0, -1]], ends, rtol=1e-4)


@pytest.mark.parametrize("judge", [deletion, insertion])
def test_a_target_that_gray_excites_more_has_no_share_to_lose(linear, photo, case, judge):
    (score,) = judge([case(linear, photo, np.eye(SIDE), f"-{TARGET}")], TRIAL)
    assert score.value is None
    assert "no more than plain gray" in score.why


def test_the_share_of_a_response_is_one_for_the_photo_and_zero_for_gray(linear, photo, case):
    found = Confidence.of(case(linear, photo, np.eye(SIDE)).decision, 0.5)
    half = 0.5 * photo + 0.25
    np.testing.assert_allclose(
        found([photo, half, half * 0 + 0.5]), [1, 0.5, 0], rtol=1e-4, atol=1e-5
    )


def test_of_a_single_output_the_no_has_the_rest_of_the_probability(photo, case):
    import keras

    from convscope.networks.network import Network
    from convscope.networks.preprocessing import Preprocessing

    start = keras.Input((SIDE, SIDE, 3))
    end = keras.layers.Dense(1, "sigmoid", name="is_bee")(keras.layers.Flatten()(start))
    network = Network(keras.Model(start, end), Preprocessing(), (SIDE, SIDE))
    yes, no = (
        Confidence.of(case(network, photo, np.eye(SIDE), target).decision, 0.5)([photo])
        for target in ("is_bee:0", "-is_bee:0")
    )
    np.testing.assert_allclose(yes + no, 1)


def test_pixels_go_by_rank_and_equal_ones_by_chance():
    heat = np.array([[1.0, 3.0], [2.0, 0.0]])
    assert ranking(heat, 0).tolist() == [1, 2, 0, 3]
    flat = [ranking(np.zeros((5, 5)), seed).tolist() for seed in (0, 0, 1)]
    assert sorted(flat[0]) == list(range(25))
    assert flat[0] == flat[1] != flat[2]


@pytest.mark.parametrize(("side", "squares"), [(1, 63), (2, 20), (3, 9), (100, 1)])
def test_squares_go_whole_by_their_mean_and_cover_every_pixel_once(side, squares):
    heat = np.random.default_rng(0).normal(size=(7, 9))
    order = ranking(heat, 0, side)
    assert sorted(order) == list(range(63))
    seen = []
    for pixel in order:
        row, column = divmod(int(pixel), 9)
        if seen[-1:] != [(row // side, column // side)]:
            seen.append((row // side, column // side))
    assert len(seen) == len(set(seen)) == squares
    means = [
        heat[row * side : (row + 1) * side, column * side : (column + 1) * side].mean()
        for row, column in seen
    ]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize("steps", [1, 5, 16, 40])
def test_a_crossing_begins_at_one_picture_and_ends_at_the_other(steps):
    start, end = np.zeros((4, 4, 3), "float32"), np.ones((4, 4, 3), "float32")
    seen = list(crossing(start, end, np.arange(16), steps))
    assert len(seen) == steps + 1
    shares = [picture.mean() for picture in seen]
    np.testing.assert_allclose(shares, np.rint(np.linspace(0, 16, steps + 1)) / 16)
    assert start.max() == 0


def test_the_area_is_that_of_the_trapezoids():
    assert area(np.array([1.0, 0.0])) == 0.5
    assert area(np.array([0.2, 0.2, 0.2])) == pytest.approx(0.2)
    assert area(np.array([1.0, 0.0, 0.0])) == 0.25


def test_a_blurred_photo_keeps_its_mean_and_loses_its_contrast(photo):
    soft = blurred(photo, 0.5)
    np.testing.assert_allclose(soft.mean((0, 1)), photo.mean((0, 1)), atol=1e-4)
    assert soft.std() < 0.3 * photo.std()
    np.testing.assert_allclose(blurred(photo, 0), photo, atol=1e-5)
