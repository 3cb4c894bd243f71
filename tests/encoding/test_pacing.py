"""Pacing: equal steps of visible change, whatever the speed of the ascent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convscope.encoding.pacing import GLANCE, choose, travel
from convscope.errors import InputError

moves = st.lists(st.floats(0, 1e6), min_size=1, max_size=80)


def gray(level, side=4):
    return np.full((side, side, 3), level, np.float32)


@given(moves=moves, count=st.integers(2, 100))
def test_indices_rise_from_the_first_frame_to_the_last(moves, count):
    kept = choose(np.cumsum(moves), count)
    assert len(kept) == min(count, len(moves))
    assert all(np.diff(kept) > 0)
    assert kept[-1] == len(moves) - 1
    assert kept[0] == 0


@given(moves=moves, count=st.integers(2, 100))
def test_the_unit_of_change_does_not_matter(moves, count):
    way = np.cumsum(moves)
    assert choose(way, count) == choose(way * 2**10, count)


@given(moves=st.lists(st.floats(0.5, 2), min_size=1, max_size=200), count=st.integers(2, 40))
def test_kept_frames_lie_near_equal_shares_of_the_way(moves, count):
    # No two shares compete for a frame here, so each is at most half a move away.
    way = np.cumsum(moves)
    shares = np.linspace(way[0], way[-1], count)
    if len(moves) > 4 * count:
        np.testing.assert_allclose(way[choose(way, count)], shares, atol=1.0001)


def test_an_ascent_that_slows_down_is_shown_at_an_even_pace():
    # Brightness approaches 1 exponentially: half of the change is in the first 14 of 200 frames.
    levels = 1 - np.exp(-np.arange(200) / 20)
    kept = choose(travel([gray(level) for level in levels]), 12)
    shown = np.diff(levels[kept])
    even = np.diff(levels[np.linspace(0, 199, 12).round().astype(int)])
    assert shown.max() < 1.5 * shown.min()
    assert even.max() > 100 * even.min()


def test_travel_adds_up_root_mean_squares():
    black_then_gray_then_black = [gray(0), gray(0.5), gray(0)]
    np.testing.assert_allclose(travel(black_then_gray_then_black), [0, 0.5, 1], atol=1e-6)


def test_travel_takes_frames_as_they_come():
    np.testing.assert_allclose(travel(gray(level) for level in (0, 0.25)), [0, 0.25], atol=1e-6)


def test_noise_is_not_movement():
    chance = np.random.default_rng(0)
    side = 5 * GLANCE
    noisy = [0.5 + 0.1 * chance.standard_normal((side, side, 3), np.float32) for _ in range(2)]
    plain = float(np.sqrt(np.mean((noisy[0] - noisy[1]) ** 2)))
    assert travel(noisy)[-1] < plain / 4


def test_a_still_film_is_spaced_by_number():
    assert choose(travel([gray(0.5)] * 9), 3) == [0, 4, 8]


def test_few_frames_are_all_kept():
    assert choose(travel([gray(0)]), 5) == [0]
    assert choose(travel([gray(0), gray(1), gray(1)]), 3) == [0, 1, 2]


def test_a_single_jump_still_gives_as_many_frames_as_asked():
    assert choose([0, 0, 0, 0, 1, 1], 4) == [0, 3, 4, 5]


def test_no_frames_are_refused():
    with pytest.raises(InputError, match=r"Expected one frame or more. Received: none"):
        choose(travel([]), 3)


def test_a_count_of_one_cannot_hold_both_ends():
    with pytest.raises(InputError, match=r"Expected a count of 2 or more. Received: 1"):
        choose(travel([gray(0), gray(1)]), 1)


def test_frames_of_two_sizes_are_refused():
    with pytest.raises(InputError, match=r"frames of one size. Received: another one in frame 1"):
        choose(travel([gray(0), gray(0, side=5)]), 2)
