"""Video: sides, colours and what players need."""

import av
import numpy as np
import pytest

from convscope.encoding import video
from convscope.encoding.writers import write
from convscope.errors import InputError
from tests.encoding.films import drift, see


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_odd_sides_are_padded_with_their_edge(tmp_path, suffix):
    frames = drift(4, 31, 45)
    write(frames, tmp_path / f"film{suffix}")
    seen = see(tmp_path / f"film{suffix}").pictures
    assert seen.shape[1:] == (32, 46, 3)
    np.testing.assert_allclose(seen[0, -1, :45] / 255, frames[0][-1], atol=0.1)


def test_even_sides_are_left_alone():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), np.uint8)
    np.testing.assert_array_equal(video.even(pictures), pictures)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_the_file_says_which_colours_it_holds(tmp_path, suffix):
    write(drift(3), tmp_path / f"film{suffix}")
    with av.open(str(tmp_path / f"film{suffix}")) as file:
        context = file.streams.video[0].codec_context
        assert context.pix_fmt == "yuv420p"
        assert (int(context.colorspace), int(context.color_range)) == (1, 1)


def test_an_mp4_starts_before_it_is_all_there(tmp_path):
    write(drift(3), tmp_path / "film.mp4")
    data = (tmp_path / "film.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_thinned_reel_keeps_its_beat(tmp_path):
    reel = video.Reel.of(drift(12), fps=12, hold=0.5).thin(4)
    video.write_mp4(reel, tmp_path / "film.mp4")
    assert len(see(tmp_path / "film.mp4").pictures) == 11 + 6


def test_a_pyav_without_the_encoder_is_reported(tmp_path):
    codec = video.Codec("no-such-encoder", "mp4", {}, {})
    with pytest.raises(InputError, match="Expected a PyAV with the encoder no-such-encoder"):
        video._write(video.Reel.of(drift(2), fps=24, hold=0), tmp_path / "film.mp4", codec)
