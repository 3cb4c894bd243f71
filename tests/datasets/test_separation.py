"""Areas under the ROC curve, of labels and of two of them: by ranks, and checked in other ways."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from convscope.datasets.separation import (
    LEAST,
    MARGIN,
    Sets,
    _most_gain,
    best_areas,
    halves,
    ranks,
    separated,
)
from convscope.networks.words import JOINTS, LABEL, NEXT, PAIR

CHANCE = np.random.default_rng(0)


def members(sets, labels, place):
    """The photos of a set, from its words."""
    one, other = labels[:, sets.first[place]], labels[:, sets.second[place]]
    return {"": one, "or": one | other, "and": one & other, "and not": one & ~other}[
        JOINTS[sets.joint[place]]
    ]


def nested(photos=120):
    """Six leaves in two groups, one of which has a photo of its own."""
    leaf = np.eye(6, dtype=bool)[np.arange(photos) % 6]
    groups = np.stack([leaf[:, :4].any(1), leaf[:, 4:].any(1)], 1)
    return np.concatenate([leaf, groups], 1)


@pytest.mark.parametrize("ties", [False, True])
def test_every_area_is_that_of_scikit_learn(ties, monkeypatch):
    monkeypatch.setattr("convscope.datasets.separation.MARGIN", 0.0)  # no union is left out
    labels = np.random.default_rng(1).random((150, 5)) < 0.4  # free labels: every kind of pair
    values = CHANCE.normal(size=(150, 3))
    values = np.round(values) if ties else values
    judging = halves(labels)
    sets = Sets.of(labels, judging)
    assert set(sets.joint) == set(range(len(JOINTS)))
    assert len(sets.joint) == 5 + 4 * 10
    for rows in (judging, ~judging):
        areas = sets.areas(values, rows)
        for place in range(len(sets.joint)):
            own = members(sets, labels, place)[rows]
            assert sets.counts(rows)[place] == own.sum()
            for unit in range(3):
                expected = roc_auc_score(own, values[rows, unit])
                assert areas[place, unit] == pytest.approx(expected, abs=1e-12)


def test_areas_have_their_closed_forms():
    labels = np.repeat(np.eye(3, dtype=bool), 20, axis=0)
    order = np.arange(60.0)
    values = np.stack([order, -order, np.zeros(60), np.repeat([1.0, 0.0, 0.0], 20)], 1)
    judging = halves(labels)
    areas = Sets.of(labels, judging).areas(values, judging)
    # First, middle and last third of a rising and of a falling line; ties are one half.
    np.testing.assert_allclose(areas[:3, 0], [0.0, 0.5, 1.0])
    np.testing.assert_allclose(areas[:3, 1], [1.0, 0.5, 0.0])
    np.testing.assert_allclose(areas[:, 2], 0.5)
    # Above all others in one label; below one half of them, and equal to the other, in two.
    np.testing.assert_allclose(areas[:3, 3], [1.0, 0.25, 0.25])


def test_equal_values_share_their_mean_rank():
    np.testing.assert_array_equal(ranks(np.array([[3.0, 1], [3, 2], [1, 2], [3, 2]])),
                                  [[3, 1], [3, 3], [1, 3], [3, 3]])  # fmt: skip


def test_each_half_has_half_of_every_stratum_and_is_always_the_same():
    labels = nested(125)
    judging = halves(labels)
    np.testing.assert_array_equal(judging, halves(labels))
    assert abs(int(judging.sum()) - 125 / 2) < 1
    for column in labels.T[:6]:
        assert abs(int(judging[column].sum()) - column.sum() / 2) <= 0.5
    assert not np.array_equal(judging[::2], judging[1::2])  # not simply every second photo


def test_with_one_label_a_photo_pairs_are_unions_only():
    labels = np.repeat(np.eye(4, dtype=bool), 20, axis=0)
    sets = Sets.of(labels, halves(labels))
    assert [JOINTS[joint] for joint in sets.joint] == [""] * 4 + ["or"] * 6


def test_pairs_that_are_one_of_their_labels_are_left_out():
    labels = nested()
    sets = Sets.of(labels, halves(labels))
    for place in np.flatnonzero(sets.joint):
        own = members(sets, labels, place)
        for label in (sets.first[place], sets.second[place]):
            assert not np.array_equal(own, labels[:, label])
        assert 2 * LEAST <= own.sum() <= len(labels) - 2 * LEAST


def test_labels_with_few_photos_are_left_out():
    labels = np.zeros((60, 3), bool)
    labels[:9, 0], labels[9:30, 1], labels[:, 2] = True, True, True
    sets = Sets.of(labels, halves(labels))
    assert list(sets.first[sets.joint == 0]) == [1]  # nine are few, and all are not apart


def test_a_union_that_is_left_out_could_not_have_been_stated(monkeypatch):
    labels = np.repeat(np.eye(40, dtype=bool), 10, axis=0)
    judging = halves(labels)
    assert not Sets.of(labels, judging).joint.any()  # 1 / 39 is less than the margin
    monkeypatch.setattr("convscope.datasets.separation.MARGIN", 0.0)
    sets = Sets.of(labels, judging)
    assert (sets.joint > 0).sum() == 40 * 39 / 2
    # Two labels at the top, and nothing between them, gain half of what can be.
    values = np.concatenate([CHANCE.normal(size=(400, 20)), np.zeros((400, 1))], 1)
    values[:20, -1] = 1.0
    areas = sets.areas(values, ~judging)
    counts = sets.counts(~judging)
    gain = areas - np.maximum(areas[sets.first], areas[sets.second])
    assert (gain <= _most_gain(counts, sets, int((~judging).sum()))[:, None] + 1e-12).all()
    assert gain[:, -1].max() == pytest.approx(0.5 / 39)


def test_what_is_stated_is_chosen_on_one_half_and_judged_on_the_other():
    labels = np.repeat(np.eye(5, dtype=bool), 20, axis=0)
    judging = halves(labels)
    values = CHANCE.normal(size=(100, 1))
    values[labels[:, 1] & ~judging] += 10  # label 1 shines where sets are chosen,
    values[labels[:, 3] & judging] += 10  # and label 3 where they are judged
    sets = Sets.of(labels, judging)
    table, _ = separated(values, sets, judging)
    assert table[0, LABEL, 0]["first"] == 1
    expected = roc_auc_score(labels[judging, 1], values[judging, 0])
    assert table[0, LABEL, 0]["auc"] == pytest.approx(expected, abs=1e-6)
    assert table[0, LABEL, 0]["auc"] < 0.7
    assert table[0, LABEL, 0]["count"] == 10


def test_a_unit_of_two_classes_is_put_into_two_labels():
    labels = nested()
    both = labels[:, 0] | labels[:, 4]
    but = labels[:, 6] & ~labels[:, 2]  # the first group without its third leaf
    values = np.stack([both * 1.0, but * 1.0, labels[:, 3] * 1.0, labels[:, 3] * -1.0], 1)
    values += 0.01 * CHANCE.random(values.shape)
    judging = halves(labels)
    table, lower = separated(values, Sets.of(labels, judging), judging)
    pair = table[0, PAIR]
    assert [JOINTS[joint] for joint in pair["joint"][:2]] == ["or", "and not"]
    assert {*pair[0][["first", "second"]].tolist()} == {0, 4}
    assert (pair["first"][1], pair["second"][1]) == (6, 2)
    np.testing.assert_allclose(pair["auc"][:2], 1.0)
    assert pair["count"][0] == both[judging].sum()
    # One label says all of the third unit, of whose opposite it is the low side.
    assert pair["count"][2] == 0
    assert table[1, LABEL, 3]["first"] == 3
    assert list(lower[2:]) == [False, True]
    np.testing.assert_allclose(best_areas(table)[0, :3], 1.0)


def test_the_low_side_is_the_high_side_of_the_opposite():
    labels = nested()
    values = CHANCE.normal(size=(120, 70)) + labels[:, :1]
    judging = halves(labels)
    sets = Sets.of(labels, judging)
    table, lower = separated(values, sets, judging)
    opposite, raised = separated(-values, sets, judging)
    np.testing.assert_array_equal(table[0]["first"], opposite[1]["first"])
    np.testing.assert_allclose(table[1]["auc"], opposite[0]["auc"], atol=1e-6)
    assert not (lower & raised).any()  # neither, if both sides are as strong
    assert (table[:, LABEL]["first"] != table[:, NEXT]["first"]).all()


def test_units_in_pieces_are_units_at_once(monkeypatch):
    labels = nested()
    values = CHANCE.normal(size=(120, 7))
    judging = halves(labels)
    sets = Sets.of(labels, judging)
    whole = separated(values, sets, judging)
    monkeypatch.setattr("convscope.datasets.separation.CELLS", 2 * len(sets.joint))
    monkeypatch.setattr("convscope.datasets.separation.PAIRS", 3)
    pieces = separated(values, sets, judging)
    np.testing.assert_array_equal(whole[0], pieces[0])
    np.testing.assert_array_equal(whole[1], pieces[1])


def test_noise_gives_hardly_any_pairs():
    labels = np.repeat(np.eye(10, dtype=bool), 20, axis=0)
    judging = halves(labels)
    sets = Sets.of(labels, judging)
    assert (sets.joint > 0).sum() == 45
    table, _ = separated(np.random.default_rng(2).normal(size=(200, 400)), sets, judging)
    assert (table[:, PAIR]["count"] > 0).mean() < 0.01
    # And its AUC is that of chance where it is judged, however high it was where it was chosen.
    assert best_areas(table).mean() == pytest.approx(0.5, abs=0.01)
    assert MARGIN == 0.03


def test_a_pair_that_is_worse_on_the_photos_that_judge_is_not_stated():
    labels = np.repeat(np.eye(4, dtype=bool), 40, axis=0)
    judging = halves(labels)
    sets = Sets.of(labels, judging)
    both = np.where(labels[:, 0] | labels[:, 1], 1.0, 0.0)
    first = np.where(labels[:, 0], 2.0, np.where(labels[:, 1], -1.0, 0.0))
    values = np.stack([both, np.where(judging, first, both)], 1)  # the same where it is chosen
    table, _ = separated(values, sets, judging)
    assert list(table[0, PAIR]["count"] > 0) == [True, False]
    assert table[0, LABEL, 1]["auc"] == 1
