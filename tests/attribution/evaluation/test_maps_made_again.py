"""Average drop, sensitivity and randomization."""

import keras
import numpy as np
import pytest

from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.average_drop import average_drop, shown
from convscope.attribution.evaluation.controls import CONTROLS
from convscope.attribution.evaluation.evaluate import _cases, evaluate
from convscope.attribution.evaluation.evidence import EvaluationSettings
from convscope.attribution.evaluation.randomization import randomization, spearman, stages
from convscope.attribution.evaluation.sensitivity import noisy, sensitivity
from convscope.attribution.methods.table import ANYWHERE, METHODS
from convscope.attribution.pass_counter import PassCounter
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from tests.attribution.networks import SIDE

TRIAL = EvaluationSettings(samples=3, radius=0.1, stages=2)

# Average drop


def test_a_map_that_shows_everything_drops_nothing_and_one_that_shows_nothing_drops_to_gray(
    linear, photo, case
):
    all_of_it, nothing = np.ones((SIDE, SIDE)), -np.ones((SIDE, SIDE))
    cases = [case(linear, photo, heat) for heat in (all_of_it, nothing)]
    first, second = average_drop(cases, TRIAL)
    assert first.value == pytest.approx(0, abs=1e-5)
    assert second.value == pytest.approx(1, abs=1e-5)


def test_the_drop_is_the_share_of_the_probability_that_is_lost(linear, photo, case):
    heat = np.random.default_rng(0).normal(size=(SIDE, SIDE))
    one = case(linear, photo, heat, "predictions:bee")
    (score,) = average_drop([one], TRIAL)
    whole, part = linear.probabilities(np.stack([photo, shown(one, 0.5)]))[:, 1]
    assert score.value == pytest.approx(max(0, whole - part) / whole, abs=1e-5)
    assert score.detail["increase"] == (part > whole)


def test_what_is_shown_fades_from_the_photo_to_gray(linear, photo, case):
    heat = np.array([[4.0, 2.0], [0.0, -3.0]])
    seen = shown(case(linear, photo[:2, :2], heat), 0.5)
    np.testing.assert_allclose(seen[0, 0], photo[0, 0], rtol=1e-5)
    np.testing.assert_allclose(seen[0, 1], (photo[0, 1] + 0.5) / 2, rtol=1e-5)
    np.testing.assert_array_equal(seen[1], 0.5)


# Sensitivity


def test_a_constant_map_is_not_sensitive(linear, photo, case):
    (score,) = sensitivity([case(linear, photo, np.ones((SIDE, SIDE)))], TRIAL)
    assert score.value == 0


def test_sensitivity_is_the_largest_move_as_a_share_of_the_map(linear, photo, case):
    def again(decision):
        return decision.photo[:, :, 0].astype("float64")

    one = case(linear, photo, photo[:, :, 0].astype("float64"), again=again)
    (score,) = sensitivity([one], TRIAL)
    moves = [noisy(photo, TRIAL, sample)[:, :, 0] - photo[:, :, 0] for sample in range(3)]
    expected = max(map(np.linalg.norm, moves)) / np.linalg.norm(photo[:, :, 0])
    assert score.value == pytest.approx(expected, rel=1e-5)
    assert len(score.detail["samples"]) == 3


def test_noise_stays_within_its_radius_and_in_the_range(photo):
    for sample in range(3):
        copy = noisy(photo, TRIAL, sample)
        assert 0 < np.abs(copy - photo).max() <= TRIAL.radius + 1e-6
        assert 0 <= copy.min() <= copy.max() <= 1


def test_the_gradient_of_a_linear_model_does_not_move(linear, photo):
    found = attributions(linear, photo, "predictions:bee", methods="gradient")
    assert evaluate(found, measures=["sensitivity"])["gradient"].scores[
        "sensitivity"
    ].value == pytest.approx(0, abs=1e-5)


def test_a_map_of_zeros_cannot_move_by_a_share(linear, photo, case):
    (score,) = sensitivity([case(linear, photo, np.zeros((SIDE, SIDE)))], TRIAL)
    assert (score.value, score.why) == (None, "the map is zero everywhere")


# Randomization


@pytest.mark.parametrize("method", ANYWHERE)
def test_randomization_begins_at_the_same_map_and_leaves_the_network_alone(
    convolutional, photo, method
):
    model = convolutional.model
    before = [np.array(keras.ops.convert_to_numpy(weight)).tobytes() for weight in model.weights]
    few = {"samples": 24} if "samples" in METHODS[method].settings else {}  # else it is impatient
    found = attributions(convolutional, photo, "predictions:bee", methods=method, **few)
    cases = _cases(found, TRIAL, PassCounter())
    first, *controls = randomization(cases, TRIAL)
    assert [stage["layers"] for stage in first.detail["stages"]] == [0, 1, 3]
    assert first.curve[0] == pytest.approx(1, abs=1e-3)
    assert first.curve[-1] < 0.99
    for control in controls:  # no gradient, no network: nothing changes
        np.testing.assert_allclose(control.curve, 1)
    after = [np.array(keras.ops.convert_to_numpy(weight)).tobytes() for weight in model.weights]
    assert before == after


def test_a_model_that_cannot_be_rebuilt_has_no_randomization_and_says_why(photo):
    start = keras.Input((SIDE, SIDE, 3))
    flat = keras.layers.Flatten()(keras.layers.Lambda(lambda values: 2 * values)(start))
    model = keras.Model(start, keras.layers.Dense(2, name="predictions")(flat))
    network = Network(model, Preprocessing(), (SIDE, SIDE), name="closed")
    found = evaluate(
        attributions(network, photo, "predictions:0", methods="gradient"),
        measures=["randomization"],
    )
    score = found["gradient"].scores["randomization"]
    assert score.value is None
    assert "No untrained copy of closed can be built" in score.why
    assert "No untrained copy of closed can be built" in found.markdown()


def test_a_map_that_is_too_dear_is_not_made_again(convolutional, photo):
    found = attributions(convolutional, photo, "predictions:bee", methods="smoothgrad", samples=9)
    some = evaluate(found, patience=8, samples=2, stages=1, steps=2)
    for measure in ("sensitivity", "randomization"):
        assert "pictures, and is not made again" in some["smoothgrad"].scores[measure].why
        assert some["random"].scores[measure].value is not None
    patient = evaluate(found, patience=None, samples=2, measures=["sensitivity"])
    assert patient["smoothgrad"].scores["sensitivity"].value > 0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 99], 1),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1),
        ([1, 2, 3, 4], [2, 1, 4, 3], 0.6),
        ([1, 1, 2, 2], [1, 1, 2, 2], 1),
        ([1, 2, 3, 4], [7, 7, 7, 7], 0),
        # The ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / sqrt(1.5 * 2).
        ([5, 5, 6], [1, 2, 3], 1.5 / 3**0.5),
    ],
)
def test_rank_correlation_is_spearmans(one, other, expected):
    assert spearman(np.array(one), np.array(other)) == pytest.approx(expected)


@pytest.mark.parametrize("layers", [1, 2, 3, 16, 100])
@pytest.mark.parametrize("count", [1, 2, 4, 200])
def test_stages_go_from_nothing_over_the_last_layer_to_all(layers, count):
    found = stages(layers, count)
    assert (found[0], found[1], found[-1]) == (0, 1, layers)
    assert found == sorted(set(found))


# The controls


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_is_a_map_that_knows_no_network(linear, convolutional, photo, case, name):
    one = case(linear, photo, np.eye(SIDE)).decision
    other = case(convolutional, photo, np.eye(SIDE), "predictions:ant").decision
    heat = CONTROLS[name](one)
    assert heat.shape == (SIDE, SIDE)
    assert np.ptp(heat) > 0
    np.testing.assert_array_equal(heat, CONTROLS[name](other))
