"""What a film may cost is a share of the training's own time, told from the batches so far."""

import pytest

from convscope.training_films.budget import Budget


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def filmed(budget, clock, seconds):
    with budget.filming():
        clock.wait(seconds)


def test_filming_is_no_training(clock):
    budget = Budget(0.1, clock)
    clock.wait(3)
    filmed(budget, clock, 5)
    clock.wait(4)
    assert (budget.spent, budget.trained()) == (5, 7)


def test_setting_up_counts_but_is_no_moment(clock):
    budget = Budget(0.1, clock)
    with budget.filming(moment=False):
        clock.wait(5)
    filmed(budget, clock, 1)
    budget.note(1)
    clock.wait(1)
    # 100 s in all: 10 s may be spent, 6 s are, and two moments take 2 s.
    assert budget.affords(2, total=100)
    assert not budget.affords(2, total=70)


def test_the_length_is_told_without_the_batch_that_compiles(clock):
    budget = Budget(0.1, clock)
    filmed(budget, clock, 1)
    clock.wait(500)
    budget.note(1)
    assert budget.affords(1, total=100)  # nothing else is timed yet: 50,000 s
    clock.wait(1)
    # 501 s so far and 98 to come, not 50,000: 59.9 s.
    filmed(budget, clock, 56.9)
    assert budget.affords(2, total=100)
    filmed(budget, clock, 0.5)
    assert budget.affords(2, total=100)
    filmed(budget, clock, 1)
    assert not budget.affords(2, total=100)


def test_what_the_first_batch_alone_shows_to_be_too_dear_is_refused(clock):
    budget = Budget(0.1, clock)
    filmed(budget, clock, 1)
    clock.wait(2)
    budget.note(1)
    assert budget.affords(1, total=15)
    assert not budget.affords(1, total=14)


def test_time_after_the_last_batch_is_told_apart(clock):
    budget = Budget(0.1, clock)
    clock.wait(3)
    budget.note(1)
    clock.wait(600)
    assert (budget.heard_last, budget.trained()) == (3, 603)


def test_without_known_length_only_the_time_so_far_counts(clock):
    budget = Budget(0.1, clock)
    filmed(budget, clock, 1)
    budget.note(1)
    clock.wait(29)
    assert not budget.affords(30, total=None)
    clock.wait(1)
    assert budget.affords(31, total=None)


def test_a_block_that_fails_is_paid_for(clock):
    budget = Budget(0.1, clock)

    def failing():
        with budget.filming():
            clock.wait(2)
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert budget.spent == 2


def test_without_a_share_everything_fits(clock):
    budget = Budget(None, clock)
    filmed(budget, clock, 1e9)
    assert budget.affords(1, total=2)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(12, [5]), (14, [2, 5, 8]), (100, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (10, [])],
)
def test_moments_that_fit_are_spread_over_the_plan(clock, seconds, expected):
    # Each moment takes a second; ten are planned between the first and the last one.
    budget = Budget(0.0, clock, floor=seconds - 9)
    filmed(budget, clock, 1)
    found, passed = [], 0
    for place in range(10):
        if budget.affords(place + 1, None, passed, 10 - place):
            filmed(budget, clock, 1)
            found.append(place)
            passed = 0
        else:
            passed += 1
    assert found == expected
