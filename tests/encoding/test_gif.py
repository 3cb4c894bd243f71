"""GIF: one palette, no crawling, and every frame it was given."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from convscope.encoding.writers import write
from convscope.images import to_bytes
from tests.encoding.films import drift, see


def parse(data):
    """Walk the blocks of a GIF; give its loops and, for each frame, delay and local palette."""
    assert data[:6] == b"GIF89a"
    at, loops, delay, frames = 13 + 3 * 2 ** ((data[10] & 7) + 1), None, None, []
    assert data[10] & 0x80, "a global palette"
    while data[at] != 0x3B:
        if data[at] == 0x21:  # an extension
            if data[at + 1] == 0xF9:
                delay = int.from_bytes(data[at + 4 : at + 6], "little")
            elif data[at + 3 : at + 14] == b"NETSCAPE2.0":
                loops = int.from_bytes(data[at + 16 : at + 18], "little")
            at += 2
        else:
            assert data[at] == 0x2C, "a frame"
            flags = data[at + 9]
            frames.append((delay, bool(flags & 0x80)))
            at += 10 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0) + 1
        while data[at]:
            at += data[at] + 1
        at += 1
    assert at == len(data) - 1
    return loops, frames


def test_there_is_one_palette_and_it_loops_forever(tmp_path):
    write(drift(), tmp_path / "film.gif")
    loops, frames = parse((tmp_path / "film.gif").read_bytes())
    assert loops == 0
    assert [local for _, local in frames] == [False] * 12


def test_times_are_hundredths_and_the_last_frame_is_held(tmp_path):
    write(drift(5), tmp_path / "film.gif", fps=24, hold=1.8)
    _, frames = parse((tmp_path / "film.gif").read_bytes())
    assert [delay for delay, _ in frames] == [4, 4, 4, 5, 180]


def test_what_stands_still_has_the_same_pixels_in_every_frame(tmp_path):
    write(drift(), tmp_path / "film.gif")
    seen = see(tmp_path / "film.gif").pictures
    corner = seen[:, :, :16]
    np.testing.assert_array_equal(corner, np.broadcast_to(corner[0], corner.shape))
    assert all((one != other).any() for one, other in pairwise(seen))


def test_few_colours_come_back_exactly(tmp_path):
    chance = np.random.default_rng(0)
    colors = chance.integers(0, 256, (9, 3)) / np.float32(255)
    frames = [colors[chance.integers(0, 9, (20, 30))].astype(np.float32) for _ in range(4)]
    write(frames, tmp_path / "film.gif")
    np.testing.assert_array_equal(see(tmp_path / "film.gif").pictures, to_bytes(np.stack(frames)))


def test_dither_keeps_the_colour_of_every_region(tmp_path):
    # Seen from afar (averaged over 8 x 8 pixels), colours are within 3 % of those given.
    frames = drift(6, 64, 96)
    write(frames, tmp_path / "film.gif")
    afar = [
        np.asarray(batch, np.float64).reshape(6, 8, 8, 12, 8, 3).mean(axis=(2, 4))
        for batch in (see(tmp_path / "film.gif").pictures / 255, frames)
    ]
    np.testing.assert_allclose(afar[0], afar[1], atol=0.03)


@pytest.mark.parametrize("side", [1, 3, 17])
def test_small_frames_are_written_too(tmp_path, side):
    frames = [np.full((side, side, 3), gray, np.float32) for gray in (0, 0.5, 1)]
    write(frames, tmp_path / "film.gif")
    np.testing.assert_array_equal(see(tmp_path / "film.gif").pictures, to_bytes(np.stack(frames)))


def test_a_size_limit_drops_frames_before_colours(tmp_path):
    frames = [*np.random.default_rng(0).random((20, 32, 32, 3), np.float32)]
    whole, small = tmp_path / "whole.gif", tmp_path / "small.gif"
    assert write(frames, whole, fps=10, hold=1) == 20
    limit = whole.stat().st_size // 2
    kept = write(frames, small, fps=10, hold=1, limit=limit)
    assert small.stat().st_size <= limit
    seen = see(small)
    assert 5 <= kept == len(seen.pictures) <= 10
    assert sum(seen.seconds) == pytest.approx(sum(see(whole).seconds))
    with Image.open(small) as image:
        assert len(image.getpalette()) == 256 * 3
