"""Tiny ImageNet in memory: uint8 pictures and class indices, from either layout it comes in.

    a folder   the public tiny-imagenet-200: wnids.txt, train/<wnid>/images/*.JPEG,
               val/images/*.JPEG and val/val_annotations.txt
    archives   zips of <class>_<number>.JPEG to train on; a zip of any names to validate on, with
               a .tsv beside it that gives each name its class: val_0.JPEG<tab>107

Classes are counted in the order of their sorted WordNet ids.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from convscope.errors import InputError, unknown

# The mean colour of ImageNet, blue first, and the spread about it: what `keras.applications.vgg16`
# subtracts, and what brings its inputs near unit variance.
MEAN = np.array([103.939, 116.779, 123.68], "float32")
SPREAD = 58.0

TRAINING_NAME = re.compile(r"(\d+)_\d+\.JPEG")

Item = tuple[int, bytes]


@dataclass(frozen=True)
class Pictures:
    """Decoded pictures, pixels (count, side, side, 3) uint8 RGB, and their classes (count,)."""

    pixels: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.classes)


def centred(pixels: np.ndarray) -> np.ndarray:
    """Turn RGB on 0..255, (..., 3), into what the network is fed: BGR minus `MEAN`, float32."""
    return pixels[..., ::-1].astype("float32") - MEAN


def read_pictures(paths: Sequence[Path], split: str) -> Pictures:
    """Read the "training" or the "validation" pictures from one folder, or from zip and tsv files.

    A folder without wnids.txt stands for the zip and tsv files in it.
    """
    if split not in SPLITS:
        raise unknown("split", split, SPLITS)
    from_folder, from_archives = SPLITS[split]
    if len(paths) == 1 and (paths[0] / "wnids.txt").is_file():
        return decode(from_folder(paths[0]))
    return decode(from_archives([file for path in paths for file in _files(path)]))


def decode(items: Iterator[Item]) -> Pictures:
    """Decode (class, JPEG) pairs; all pictures must be square and of one size."""
    pixels: list[np.ndarray] = []
    classes: list[int] = []
    for number, data in items:
        picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        expected = pixels[0].shape if pixels else (len(picture), len(picture), 3)
        if picture.shape != expected:
            raise InputError(f"Expected a picture shaped {expected}. Received: {picture.shape}.")
        pixels.append(picture)
        classes.append(number)
    if not pixels:
        raise InputError(
            "Expected pictures. Received: none. Try: the layouts in training/README.md."
        )
    return Pictures(np.stack(pixels), np.array(classes))


def folder_training(root: Path) -> Iterator[Item]:
    """Yield the pictures below train/, class by class."""
    for number, wnid in enumerate(_wnids(root)):
        for path in sorted((root / "train" / wnid / "images").glob("*.JPEG")):
            yield number, path.read_bytes()


def folder_validation(root: Path) -> Iterator[Item]:
    """Yield the pictures that val/val_annotations.txt names: file, WordNet id, then a box."""
    numbers = {wnid: number for number, wnid in enumerate(_wnids(root))}
    for name, wnid in _rows(root / "val" / "val_annotations.txt"):
        yield numbers[wnid], (root / "val" / "images" / name).read_bytes()


def archive_training(files: Sequence[Path]) -> Iterator[Item]:
    """Yield the members of the zips whose names begin with their class."""
    for name, data in _members(files):
        if match := TRAINING_NAME.fullmatch(name):
            yield int(match[1]), data()


def archive_validation(files: Sequence[Path]) -> Iterator[Item]:
    """Yield the members of the zips that a tsv names."""
    tables = [_rows(file) for file in files if file.suffix == ".tsv"]
    numbers = {name: int(number) for table in tables for name, number in table}
    for name, data in _members(files):
        if name in numbers:
            yield numbers[name], data()


# For each split, its reader of a folder and its reader of archives.
SPLITS: dict[
    str, tuple[Callable[[Path], Iterator[Item]], Callable[[Sequence[Path]], Iterator[Item]]]
] = {
    "training": (folder_training, archive_training),
    "validation": (folder_validation, archive_validation),
}


def _files(path: Path) -> list[Path]:
    """Return the zip and tsv files of a folder, or the file itself."""
    found = sorted([*path.glob("*.zip"), *path.glob("*.tsv")]) if path.is_dir() else [path]
    for file in found:
        if not file.is_file():
            raise InputError(f"Expected a folder, a zip or a tsv file. There is none at {file}.")
    return found


def _members(files: Sequence[Path]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name and a reader of every member of every zip."""
    for file in files:
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    yield name, lambda archive=archive, name=name: archive.read(name)


def _rows(path: Path) -> list[tuple[str, str]]:
    """Return the first two columns of a tab-separated file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1]) for row in csv.reader(file, delimiter="\t")]


def _wnids(root: Path) -> list[str]:
    """Return the WordNet ids, sorted: their order is that of the classes."""
    return sorted((root / "wnids.txt").read_text(encoding="utf-8").split())
