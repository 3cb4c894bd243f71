"""Schedules: from the full rate to a small one, each on its own way."""

import itertools

import pytest

from convscope.errors import UnknownName
from convscope.maximization.recipe import Recipe
from convscope.maximization.schedule import LAST, RISE, SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_stays_between_a_twentieth_and_all_and_reaches_all(name):
    factors = [SCHEDULES[name](share / 200) for share in range(201)]
    assert min(factors) >= LAST - 1e-9
    assert max(factors) == pytest.approx(1.0)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_no_jumps(name):
    factors = [SCHEDULES[name](share / 1000) for share in range(1001)]
    assert max(abs(b - a) for a, b in itertools.pairwise(factors)) < 0.02


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("constant", [1, 1, 1]),
        ("linear", [1, 0.525, 0.05]),
        ("cosine", [1, 0.525, 0.05]),
        ("warm-up", [0.05, 0.05 + 0.95 * 0.586824, 0.05]),
    ],
)
def test_the_rate_at_first_half_way_and_at_last(name, factors):
    recipe = Recipe(rate=2.0, schedule=name)
    assert [recipe.rate_at(share) / 2 for share in (0.0, 0.5, 1.0)] == pytest.approx(factors)


def test_a_cosine_is_above_the_line_first_and_below_it_last():
    line, curve = SCHEDULES["linear"], SCHEDULES["cosine"]
    assert curve(0.25) > line(0.25)
    assert curve(0.75) < line(0.75)


def test_a_warm_up_rises_along_a_line_and_is_a_cosine_afterwards():
    rise = SCHEDULES["warm-up"]
    assert rise(RISE / 2) == pytest.approx((1 + LAST) / 2)
    assert rise(RISE) == 1
    assert rise(RISE + (1 - RISE) / 4) == pytest.approx(SCHEDULES["cosine"](0.25))


def test_a_misspelt_schedule_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="No schedule is called 'cosin'. Did you mean 'cosine'?"):
        Recipe(schedule="cosin")
