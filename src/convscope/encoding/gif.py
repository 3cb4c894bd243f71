"""GIF files: one palette for the film, and only the changed part of each frame.

Pillow compresses the frames, but the file is written here, because Pillow's own writer merges equal
frames and may give a frame its own palette.
"""

import struct
from pathlib import Path

import numpy as np
from PIL import GifImagePlugin, Image

from convscope.encoding.palette import Palette
from convscope.encoding.reel import Bytes, Reel, changed

UNCHANGED = 255  # the transparent index: what was there stays
KEEP = 1  # the disposal that leaves a frame in place for the next one to be drawn on
SHORTEST, LONGEST = 2, 65535  # hundredths; browsers show anything shorter for a tenth of a second
FOREVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def write(reel: Reel, path: Path) -> None:
    """Write a reel as a GIF that loops; times are rounded to hundredths of a second."""
    palette = Palette.of(reel.pictures)
    durations = reel.ticks(100, least=SHORTEST)
    before: Bytes | None = None
    with path.open("wb") as file:
        file.write(_header(reel, palette))
        for picture, duration in zip(reel.pictures, durations, strict=True):
            indices = palette.map(picture)
            file.write(_frame(before, indices, min(duration, LONGEST)))
            before = indices
        file.write(b";")


def _header(reel: Reel, palette: Palette) -> bytes:
    height, width = reel.size
    colors = palette.colors.tobytes().ljust(256 * 3, b"\0")
    # 0xF7: a global palette of 2 ** 8 colours, 8 bits a channel
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + colors + FOREVER


def _frame(before: Bytes | None, indices: Bytes, duration: int) -> bytes:
    """Return one frame, encoded as the rectangle that changed, in the shorter of two ways."""
    if before is None:
        return _block(indices, (0, 0), duration)
    rows, columns = changed(before, indices)
    old, new = before[rows, columns], indices[rows, columns]
    corner = (columns.start, rows.start)
    # Marking unchanged pixels makes long runs in still pictures, but breaks patterns in busy ones.
    marked = np.where(old == new, np.uint8(UNCHANGED), new)
    return min((_block(way, corner, duration) for way in (new, marked)), key=len)


def _block(indices: Bytes, corner: tuple[int, int], duration: int) -> bytes:
    """Return (height, width) indices, compressed by Pillow without a change of palette."""
    image = Image.fromarray(indices)  # gray, which Pillow writes like a palette's indices
    parts = GifImagePlugin.getdata(
        image, corner, duration=10 * duration, disposal=KEEP, transparency=UNCHANGED, interlace=0
    )
    return b"".join(parts)
