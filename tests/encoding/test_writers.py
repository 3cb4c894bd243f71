"""One test for every row of the table: a new format is tested the day it is added."""

import sys

import numpy as np
import pytest

from convscope.encoding.writers import WRITERS, write, writer_for
from convscope.errors import InputError, MissingExtra
from convscope.images import to_bytes
from tests.encoding.films import drift, psnr, see

FPS, HOLD = 25, 1.0

# Decibels that each format reaches on the film of the tests, less a little. For comparison, a
# visible but slight loss is about 35; GIF's dither is noise to this measure, not to the eye.
CLOSE = {".gif": 30, ".webp": 36, ".mp4": 36, ".webm": 36}
VIDEO = [suffix for suffix, writer in WRITERS.items() if writer.needs]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_film_can_be_seen_as_it_was_given(tmp_path, suffix):
    frames = drift(8)
    path = tmp_path / f"film{suffix}"
    assert write(frames, path, fps=FPS, hold=HOLD) == 8
    seen = see(path)
    held = round(HOLD * FPS) - 1 if suffix in VIDEO else 0
    assert len(seen.pictures) == 8 + held
    for picture, frame in zip(seen.pictures, [*frames, *[frames[-1]] * held], strict=True):
        assert picture.shape == frame.shape
        assert psnr(picture, to_bytes(frame)) > CLOSE[suffix]
    assert sum(seen.seconds) == pytest.approx(7 / FPS + HOLD, abs=0.005)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("twins", [[0, 0, 1], [0, 1, 1], [0, 0, 0], [0, 1, 0]])
def test_equal_frames_are_not_merged(tmp_path, suffix, twins):
    few = drift(2)
    path = tmp_path / f"film{suffix}"
    write([few[index] for index in twins], path, fps=FPS, hold=0)
    seen = see(path)
    assert len(seen.pictures) == 3
    assert seen.seconds == pytest.approx([1 / FPS] * 3, abs=0.002)


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_single_frame_is_a_film(tmp_path, suffix):
    frames = drift(1)
    path = tmp_path / f"film{suffix}"
    assert write(frames, path, hold=0) == 1
    assert see(path).pictures.shape == (1, *frames[0].shape)


@pytest.mark.parametrize("suffix", WRITERS)
def test_an_ascent_that_fails_leaves_the_old_film(tmp_path, suffix):
    def frames():
        yield from drift(3)
        raise RuntimeError("the ascent failed")

    path = tmp_path / f"film{suffix}"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="the ascent failed"):
        write(frames(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_limit_that_cannot_be_met_leaves_nothing(tmp_path, suffix):
    with pytest.raises(InputError, match=r"a film of at most 10 bytes.*2 frames of 48 x 64"):
        write(drift(3), tmp_path / f"film{suffix}", limit=10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", WRITERS)
def test_frames_are_left_as_they_were(tmp_path, suffix):
    frames = drift(2)
    write(frames, tmp_path / f"film{suffix}")
    np.testing.assert_array_equal(frames, drift(2))


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_film_makes_the_same_file(tmp_path, suffix):
    one, other = tmp_path / f"one{suffix}", tmp_path / f"other{suffix}"
    write(drift(4), one)
    write(drift(4), other)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("suffix", VIDEO)
def test_a_missing_library_is_reported_before_the_ascent(tmp_path, monkeypatch, suffix):
    def frames():
        pytest.fail("the ascent began")
        yield

    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtra, match=r"pip install 'convscope\[video\]'"):
        write(frames(), tmp_path / f"film{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["film.avi", "film", "gif", ".gif"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path, name):
    with pytest.raises(InputError, match=r"\.gif, \.webp, \.mp4, \.webm\. Received: .*film"):
        write(drift(2), tmp_path / "film" / name)


def test_a_suffix_may_be_in_capitals():
    assert writer_for("FILM.GIF") is WRITERS[".gif"]


def test_no_frames_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"Expected one frame or more"):
        write([], tmp_path / "film.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_film_of_usual_size_stays_below_3_megabytes(tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    write(drift(72, 240, 380), path, limit=3_000_000)
    assert path.stat().st_size <= 3_000_000
