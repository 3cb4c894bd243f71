"""Further classes for a network to learn: photos of any size in `<label>/<number>.jpg`.

They lie in a folder or in a zip, whose members' order is that of the classes; a folder's are in the
order of their names. Classes count on after those of Tiny ImageNet.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from convscope.errors import InputError, unknown
from training.data import SPLITS, Pictures

MEMBER = re.compile(r"(?:.*/)?([^/]+)/[^/]+\.jpe?g", re.IGNORECASE)

TINY_IMAGENET = 200  # classes that come before
HELD_OUT = 40  # the last photos of each class, by their names: to validate with


@dataclass(frozen=True)
class Further:
    """The pictures of one split, square, and the labels that their classes are counted by."""

    pictures: Pictures  # classes from 0
    labels: tuple[str, ...]


def read_further(path: Path, split: str, side: int) -> Further:
    """Read the "training" or the "validation" photos: their middle, side by side pixels."""
    if split not in SPLITS:
        raise unknown("split", split, SPLITS)
    photos: dict[str, list[tuple[str, Callable[[], bytes]]]] = {}
    for name, data in _members(path):
        if match := MEMBER.fullmatch(name):
            photos.setdefault(match[1], []).append((name, data))
    if not photos:
        raise InputError(f"Expected photos <label>/<number>.jpg. There is none in {path}.")
    pixels, classes = [], []
    for number, (label, found) in enumerate(photos.items()):
        if len(found) <= HELD_OUT:
            raise InputError(
                f"Expected more than {HELD_OUT} photos a class: so many are held out. "
                f"Received: {len(found)} of {label!r}."
            )
        last = sorted(found)[-HELD_OUT:]
        for _, data in sorted(found)[:-HELD_OUT] if split == "training" else last:
            pixels.append(middle(data(), side))
            classes.append(number)
    return Further(Pictures(np.stack(pixels), np.array(classes)), tuple(photos))


def middle(data: bytes, side: int) -> np.ndarray:
    """Decode a photo and return the largest square in its middle, (side, side, 3) uint8 RGB."""
    photo = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    return np.asarray(ImageOps.fit(photo, (side, side), Image.Resampling.BICUBIC))


def with_further(pictures: Pictures, path: Path | None, split: str) -> Pictures:
    """Put the pictures of further classes, if there are any, after those of Tiny ImageNet."""
    if path is None:
        return pictures
    more = read_further(path, split, pictures.pixels.shape[1]).pictures
    return Pictures(
        np.concatenate([pictures.pixels, more.pixels]),
        np.concatenate([pictures.classes, TINY_IMAGENET + more.classes]),
    )


def _members(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name, with its folder, and a reader of every file."""
    if path.is_dir():
        for file in sorted(path.glob("*/*")):
            yield file.relative_to(path).as_posix(), file.read_bytes
    elif zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)  # the readers keep it open for as long as there are any
        for name in archive.namelist():
            yield name, partial(archive.read, name)
    else:
        raise InputError(f"Expected a folder or a zip of further classes. There is none at {path}.")
