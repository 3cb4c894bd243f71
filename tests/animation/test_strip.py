"""A strip shows a film on paper."""

import numpy as np
import pytest

from convscope.animation import strip, write
from convscope.pictures import to_bytes
from tests.animation.films import drift, see


@pytest.mark.parametrize("count", [1, 2, 8, 30])
def test_a_strip_shows_the_first_frame_to_the_last_exactly(tmp_path, count):
    frames = drift(count, 20, 30)
    write(frames, tmp_path / "film.png")
    (row,) = see(tmp_path / "film.png").pictures
    shown = min(count, strip.MOST)
    assert row.shape == (20, shown * 30 + (shown - 1) * strip.GAP, 3)
    np.testing.assert_array_equal(row[:, :30], to_bytes(frames[0]))
    np.testing.assert_array_equal(row[:, -30:], to_bytes(frames[-1]))
