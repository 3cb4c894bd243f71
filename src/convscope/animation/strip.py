"""A film as one still picture: some of its frames in a row."""

from pathlib import Path

from convscope.animation.reel import Reel
from convscope.pictures import encode_png, from_bytes, sheet

MOST = 8  # frames in a row
GAP = 4  # white pixels between them


def write(reel: Reel, path: Path) -> None:
    """Write a PNG of a reel's frames side by side, at most 8, evenly chosen."""
    pictures = reel.thin(MOST).pictures
    row = sheet([from_bytes(picture) for picture in pictures], columns=len(pictures), gap=GAP)
    path.write_bytes(encode_png(row))
