"""A reel holds pictures and times; both must survive rounding and thinning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convscope.encoding.reel import Reel, changed, evenly
from convscope.errors import InputError

DOT = np.zeros((1, 1, 3), np.float32)


@given(
    count=st.integers(1, 100),
    fps=st.floats(1, 60),
    hold=st.floats(0, 5),
    rate=st.sampled_from([100, 1000]),
)
def test_rounded_times_never_drift(count, fps, hold, rate):
    reel = Reel.of([DOT] * count, fps=fps, hold=hold)
    ticks = reel.ticks(rate, least=0)
    ends = np.cumsum(ticks) / rate
    np.testing.assert_allclose(ends, (*reel.starts[1:], reel.length), atol=0.501 / rate)


def test_no_picture_is_shorter_than_the_least():
    assert Reel.of([DOT] * 3, fps=1000, hold=0).ticks(100, least=2) == [2, 2, 2]


@given(total=st.integers(2, 200), count=st.integers(2, 200))
def test_thinning_keeps_both_ends_and_the_length(total, count):
    reel = Reel.of([DOT] * total, fps=10, hold=1)
    thin = reel.thin(count)
    assert len(thin) == min(total, count)
    assert (thin.starts[0], thin.starts[-1]) == (0, reel.starts[-1])
    assert thin.length == reel.length
    assert len(reel) == total


@given(total=st.integers(2, 200), count=st.integers(2, 200))
def test_even_choices_rise_in_nearly_equal_strides(total, count):
    strides = np.diff(evenly(total, count))
    assert strides.min() >= 1
    assert strides.max() - strides.min() <= 1


def test_a_change_is_found_in_its_smallest_rectangle():
    before = np.zeros((6, 7, 3), np.uint8)
    after = before.copy()
    after[2, 3, 0] = after[4, 5, 2] = 1
    assert changed(before, after) == (slice(2, 5), slice(3, 6))
    assert changed(before, before) == (slice(0, 1), slice(0, 1))


def test_frames_are_left_as_they_were():
    frame = np.full((2, 2, 3), 0.3, np.float32)
    reel = Reel.of([frame], fps=24, hold=1)
    reel.pictures[:] = 0
    np.testing.assert_array_equal(frame, np.float32(0.3))


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([], "Expected one frame or more. Received: none"),
        ([np.zeros((4, 5, 3)), np.zeros((4, 6, 3))], r"\(4, 5, 3\) as the first. Received: \(4, 6"),
        ([np.zeros((4, 5))], r"frame 0 to be \(height, width, 3\). Received: \(4, 5\)"),
        ([np.zeros((4, 5, 1))], r"Received: \(4, 5, 1\)"),
        ([np.zeros((0, 5, 3))], r"Received: \(0, 5, 3\)"),
    ],
)
def test_frames_that_make_no_film_are_refused(frames, message):
    with pytest.raises(InputError, match=message):
        Reel.of(frames, fps=24, hold=1)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(fps):
    with pytest.raises(InputError, match="Expected fps above 0"):
        Reel.of([DOT], fps=fps, hold=1)


@pytest.mark.parametrize("hold", [-1, float("nan"), float("inf")])
def test_an_impossible_hold_is_refused(hold):
    with pytest.raises(InputError, match="Expected a hold of 0 seconds or more"):
        Reel.of([DOT], fps=24, hold=hold)
