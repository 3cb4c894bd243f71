"""Scores: closed forms, and an algebra that keeps its factors."""

import numpy as np
import pytest
from keras import ops

from convscope.errors import InputError
from convscope.models.taps import Tap
from convscope.models.units import Unit
from convscope.objectives import Objective, of_units

MAPS = np.random.default_rng(0).normal(size=(2, 4, 5, 3)).astype("float32")
SEEN = {Tap("conv"): ops.convert_to_tensor(MAPS), Tap("fc"): ops.convert_to_tensor(MAPS[:, 0, 0])}


def value(objective):
    data = tuple(ops.convert_to_tensor(array) for array in objective.data)
    return ops.convert_to_numpy(objective.score(SEEN, data))


def units(*texts):
    return of_units([Unit.parse(text) for text in texts])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("conv", "conv"), (np.maximum(MAPS, 0) ** 2).mean((1, 2, 3))),
        (("conv:0", "conv:2"), [MAPS[0, ..., 0].mean(), MAPS[1, ..., 2].mean()]),
        (("conv:1@3,4", "conv:2@0,1"), [MAPS[0, 3, 4, 1], MAPS[1, 0, 1, 2]]),
        (("conv:1@center", "conv:1@center"), MAPS[:, 2, 2, 1]),
        (("fc:2", "-fc:0"), [MAPS[0, 0, 0, 2], -MAPS[1, 0, 0, 0]]),
    ],
)
def test_each_kind_of_unit_scores_what_it_says(texts, expected):
    objective = units(*texts)
    np.testing.assert_allclose(value(objective), expected, rtol=1e-5)
    assert objective.labels == texts


def test_sums_differences_and_factors_apply_to_scores_and_labels():
    a, b = units("conv:0", "conv:1"), units("fc:2", "fc:1")
    combined = 2.0 * a - (b + a) * 0.5
    np.testing.assert_allclose(value(combined), 1.5 * value(a) - 0.5 * value(b), rtol=1e-5)
    assert combined.labels[0] == "2 * (conv:0) + -1 * (0.5 * (fc:2 + conv:0))"
    assert combined.taps == {Tap("conv"), Tap("fc")}


def test_a_factor_is_not_applied_twice():
    # In one tool a scaled sum over the batch changed its weights each time it was evaluated.
    tripled = 3 * units("fc:1", "fc:1")
    np.testing.assert_array_equal(value(tripled), value(tripled))


def test_equal_keys_mean_the_same_program():
    assert units("conv:0", "conv:1").key == units("conv:2", "-conv:1").key
    assert units("conv:0").key != units("conv:0@1,1").key
    assert (2 * units("fc:0")).key == (2 * units("fc:1")).key
    own = [Objective(lambda seen, data: None, frozenset(), (), ("mine",)) for _ in range(2)]
    assert own[0].key != own[1].key


def test_units_of_different_layers_do_not_share_a_batch():
    with pytest.raises(InputError, match="one layer and kind"):
        units("conv:0", "fc:0")
    with pytest.raises(InputError, match="Expected scores for 2 pictures"):
        units("conv:0", "conv:1") + units("fc:0")
