"""WebP: what small changes and moving edges leave behind."""

import numpy as np

from convscope.encoding.writers import write
from convscope.images import to_bytes
from tests.encoding.films import psnr, see


def test_slow_change_is_seen_in_every_frame(tmp_path):
    # Each frame is 1/255 brighter. Pillow's animation encoder merges most of these frames.
    texture = np.random.default_rng(0).random((48, 48, 1), np.float32) * 0.2 + 0.2
    frames = [np.repeat(texture + step / 255, 3, axis=2) for step in range(30)]
    write(frames, tmp_path / "film.webp")
    means = see(tmp_path / "film.webp").pictures.mean(axis=(1, 2, 3))
    np.testing.assert_allclose(means, to_bytes(np.stack(frames)).mean(axis=(1, 2, 3)), atol=1)


def test_a_bar_that_shrinks_leaves_no_trail(tmp_path):
    frames = []
    for length in range(90, 10, -3):
        frame = np.ones((40, 100, 3), np.float32)
        frame[12:28, 4 : 4 + length] = (0.85, 0.25, 0.1)
        frames.append(frame)
    write(frames, tmp_path / "film.webp")
    behind = see(tmp_path / "film.webp").pictures[-1][:, 40:]
    assert psnr(behind, np.full_like(behind, 255)) > 50


def test_what_is_far_from_all_change_is_compressed_once(tmp_path):
    noise = np.random.default_rng(0).random((128, 128, 3), np.float32)
    frames = []
    for step in range(10):
        frame = noise.copy()
        frame[:8, :8] = step / 10
        frames.append(frame)
    write(frames[:1], tmp_path / "one.webp")
    write(frames, tmp_path / "ten.webp")
    assert (tmp_path / "ten.webp").stat().st_size < 2 * (tmp_path / "one.webp").stat().st_size


def test_a_change_is_drawn_where_it_happened(tmp_path):
    # The format stores half of a corner's place: a rectangle that begins at an odd one would shift.
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[::4] = stripes[:, ::4] = 1
    frames = [stripes, stripes.copy()]
    frames[1][37, 39] = 0.5
    write(frames, tmp_path / "film.webp")
    assert psnr(see(tmp_path / "film.webp").pictures[1], to_bytes(frames[1])) > 25
