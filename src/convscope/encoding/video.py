"""MP4 (H.264) and WebM (VP9), by PyAV: the `video` extra."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from convscope.encoding.reel import Reel
from convscope.errors import InputError, need

NEEDS = ("av", "video")  # the module, and the extra that brings it
BT709 = 1  # the number of that standard in FFmpeg's enumerations of colour
LIMITED = 1  # and of the range 16..235, which players expect


@dataclass(frozen=True)
class Codec:
    """An encoder and the options it is given."""

    name: str
    container: str
    options: Mapping[str, str]
    container_options: Mapping[str, str]


# No random numbers and no date in the file, so that the same film gives the same bytes.
EXACT = {"fflags": "+bitexact"}
H264 = Codec(
    "libx264",
    "mp4",
    {"crf": "18", "preset": "medium"},
    {"movflags": "+faststart", **EXACT},
)
VP9 = Codec(
    "libvpx-vp9",
    "webm",
    # b=0 lets crf alone decide; cpu-used=4 takes a fraction of the time for a few percent.
    {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
    EXACT,
)


def write_mp4(reel: Reel, path: Path) -> None:
    """Write a reel as H.264 in MP4; players can start before the file is complete."""
    _write(reel, path, H264)


def write_webm(reel: Reel, path: Path) -> None:
    """Write a reel as VP9 in WebM."""
    _write(reel, path, VP9)


def _write(reel: Reel, path: Path, codec: Codec) -> None:
    av = need(*NEEDS)
    pictures = even(reel.pictures)
    rate = Fraction(reel.fps).limit_denominator(1001)
    with av.open(str(path), "w", codec.container, options=dict(codec.container_options)) as file:
        stream = _stream(av, file, codec, rate)
        _, stream.height, stream.width, _ = pictures.shape
        # A player may skip a long pause, but not frames: what stays is written again.
        for picture, repeats in zip(pictures, reel.ticks(float(rate)), strict=True):
            for _ in range(repeats):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                    format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
                )
                file.mux(stream.encode(frame))
        file.mux(stream.encode())


def _stream(av: ModuleType, file: Any, codec: Codec, rate: Fraction) -> Any:
    """Add the stream and state its colour space, which players guess differently otherwise."""
    try:
        stream = file.add_stream(codec.name, rate=rate, options=dict(codec.options))
    except av.codec.codec.UnknownCodecError as error:
        expected = f"a PyAV with the encoder {codec.name}"
        hint = "Try pip install --force-reinstall av, or another suffix."
        raise InputError.expected(expected, f"PyAV {av.__version__}", hint) from error
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED
    return stream


def even(pictures: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return frames with the last row or column of (n, height, width, 3) repeated for an odd side.

    yuv420p halves the sides of the colour planes. Padding keeps every pixel; cropping would lose
    some.

    Example:
        >>> even(np.zeros((1, 3, 4, 3), np.uint8)).shape
        (1, 4, 4, 3)
    """
    _, height, width, _ = pictures.shape
    return np.pad(pictures, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
