"""Moments rise, begin with the start, end with the end, and lie evenly on a logarithmic scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from convscope.errors import InputError
from convscope.training_films.schedule import Schedule, checked, spaced


@given(some.integers(1, 10**6), some.integers(2, 60))
def test_moments_rise_from_the_start_to_the_end(total, count):
    found = spaced(total, count)
    assert (found[0], found[-1]) == (0, total)
    assert list(found) == sorted(set(found))
    assert len(found) == min(count, total + 1)


def test_later_moments_are_equal_ratios_apart():
    found = np.array(spaced(10**6, 7)[1:], float)
    np.testing.assert_allclose(found[1:] / found[:-1], 10 ** (6 / 5), rtol=0.1)


def test_a_plan_knows_the_last_moment_that_was_wanted():
    plan = Schedule.of([10, 3, 3], total=100)
    assert [plan.latest(done) for done in (0, 2, 3, 9, 10, 99)] == [0, 0, 3, 3, 10, 10]
    assert plan.until(9) == (3,)


def test_without_an_end_moments_double():
    plan = Schedule.of(12, total=None)
    assert [plan.latest(done) for done in (0, 1, 2, 3, 4, 1000)] == [0, 1, 2, 2, 4, 512]
    assert plan.until(5) == (0, 1, 2, 4)


def test_a_count_is_of_the_whole_training():
    assert Schedule.of(4, total=100).batches == (0, 1, 10, 100)


@pytest.mark.parametrize(
    ("moments", "batches"),
    [
        (2, (0, 10)),
        ("epochs", ()),  # they come with the training
        ([0], (0,)),
        ((5, 7.0), (5, 7)),
        (range(3), (0, 1, 2)),
        (np.int64(4), (0, 1, 3, 10)),
    ],
)
def test_what_is_a_plan_is_taken(moments, batches):
    assert Schedule.of(checked(moments), total=10).batches == batches


@pytest.mark.parametrize("moments", [1, True, "batches", [], [1.5], [-1], None, ["a"]])
def test_what_is_none_is_refused(moments):
    with pytest.raises(InputError, match="a count of 2 or more, batches such as"):
        checked(moments)


def test_moments_around_the_one_that_is_due_are_counted():
    plan = Schedule((0, 1, 4, 16, 63, 251, 1000))
    assert plan.around(1, 63, 1000) == (2, 2)  # 4 and 16; 63 and 251
    assert plan.around(0, 1, 1000) == (0, 5)
    assert plan.around(251, 1000, 1000) == (0, 1)
    assert plan.around(0, 16, None) == (0, 1)
    assert Schedule(None).around(0, 8, 100) == (0, 1)
