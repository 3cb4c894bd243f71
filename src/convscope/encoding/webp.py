"""WebP files, which are smaller and better than GIF and which every browser shows.

Pillow compresses single pictures; the film is assembled here. The animation encoder behind Pillow
merges frames that are almost equal. Small changes would wait for the next keyframe, so a slow
ascent would stutter, and with rare keyframes the picture would drift. See
tests/encoding/test_webp.py::test_slow_change_is_seen_in_every_frame.

The container: https://developers.google.com/speed/webp/docs/riff_container
"""

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from convscope.encoding.reel import Bytes, Reel, changed

QUALITY, EFFORT = 80, 4  # of 100, and of 6
BLOCK = 16  # pixels a side of what is compressed together; errors reach no further
SHORTEST, LONGEST = 11, 2**24 - 1  # milliseconds; browsers show up to 10 for a tenth of a second
ANIMATED, OPAQUE = 0x02, 0x02  # flags of the file, and of a frame that is not blended


def write(reel: Reel, path: Path) -> None:
    """Write a reel as a lossy WebP that loops."""
    height, width = reel.size
    # Black behind, and 0 rounds: forever.
    body = _chunk(b"VP8X", struct.pack("<I", ANIMATED) + _triples(width - 1, height - 1))
    body += _chunk(b"ANIM", struct.pack("<IH", 0xFF000000, 0))
    body += b"".join(_chunk(b"ANMF", frame) for frame in _frames(reel))
    path.write_bytes(_chunk(b"RIFF", b"WEBP" + body))


def _frames(reel: Reel) -> Iterator[bytes]:
    """Yield each picture, encoded as the rectangle that changed since the one before."""
    height, width = reel.size
    rows, columns = slice(0, height), slice(0, width)
    for number, duration in enumerate(reel.ticks(1000, least=SHORTEST)):
        picture = reel.pictures[number]
        if number:
            rows, columns = changed(reel.pictures[number - 1], picture)
            rows, columns = _widen(rows, height), _widen(columns, width)
        part = picture[rows, columns]
        corner = (columns.start // 2, rows.start // 2)
        place = _triples(*corner, part.shape[1] - 1, part.shape[0] - 1, min(duration, LONGEST))
        yield place + bytes([OPAQUE]) + _encode(part)


def _encode(picture: Bytes) -> bytes:
    """Return one picture compressed: its chunk, without the header of a file of its own."""
    stream = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture))
    image.save(stream, "WEBP", quality=QUALITY, method=EFFORT)
    return stream.getvalue()[12:]


def _widen(span: slice, side: int) -> slice:
    """Return a rectangle with its blurred edges, and with an even start for the format.

    Without this, a bar that shrinks would leave a trail.
    """
    return slice(max(0, span.start - BLOCK) // 2 * 2, min(side, span.stop + BLOCK))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _triples(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(3, "little") for number in numbers)
