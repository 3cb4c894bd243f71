"""The checkpoints of a training: the files, their order, and when each was saved."""

import itertools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from convscope.errors import InputError
from convscope.networks.loading.weights_file import SUFFIXES, is_weights

# In a name: 'epoch-05', 'step_1200', 'batch37', 'iteration 4'.
NAMED = re.compile(r"(epoch|step|batch|iteration)[^a-z0-9]{0,2}(\d+)", re.IGNORECASE)
# Whole numbers, but none of a decimal such as a loss: '03-0.95' has the number 3.
WHOLE = re.compile(r"(?<![\d.])\d+(?![\d.]*\d)|(?<=[^\d]\.)\d+(?!\.?\d)")
FINEST = ("step", "batch", "iteration", "epoch")
UNNAMED = "checkpoint"

Path_ = str | os.PathLike[str]


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights, and when it was saved: ``at`` counts ``counts``."""

    path: Path
    at: int
    counts: str

    @property
    def label(self) -> str:
        """The time as text, such as 'epoch 5'."""
        return f"{self.counts} {self.at}"


def found(paths: Iterable[Path_]) -> list[Checkpoint]:
    """Return the checkpoints in files and folders, in the order in which they were saved.

    The order comes from the numbers in their names: the step or the batch if it is named so (and
    not the same in all), else the epoch, else the first number in which the names differ. Files
    without any number stay in the order in which they are given, those of a folder by name.
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise InputError.expected("checkpoints, files or folders of them", "none")
    named = [dict(_named(file)) for file in files]
    shared = [counts for counts in FINEST if all(counts in numbers for numbers in named)]
    if shared:
        # Not what all names have in common: the 32 in batch32-epoch05.
        differing = [counts for counts in shared if len({one[counts] for one in named}) > 1]
        counts = (differing or shared)[0]
        return _ordered(files, [numbers[counts] for numbers in named], counts)
    every = [_numbers(file) for file in files]
    if not any(every):
        return _ordered(files, list(range(1, len(files) + 1)), UNNAMED)
    without = [file.name for file, numbers in zip(files, every, strict=True) if not numbers]
    if without:
        raise InputError(
            "Expected a number in each checkpoint's name, to tell their order. Received: "
            f"{', '.join(without)} among {len(files)}. Try: without these, or rename them."
        )
    return _ordered(files, _telling(every), UNNAMED)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        inside = sorted(file for file in path.iterdir() if is_weights(file) and file.is_file())
        if not inside:
            raise InputError.expected(
                f"a folder with checkpoints, {' or '.join(SUFFIXES)}", f"'{path}', which has none"
            )
        return inside
    if not path.exists():
        raise InputError(f"There is no checkpoint at '{path}'; check the path.")
    if not is_weights(path):
        raise InputError(
            f"Expected checkpoints, {' or '.join(SUFFIXES)}. Received: '{path.name}'. "
            "Try: model.save_weights('epoch-1.weights.h5')."
        )
    return [path]


def _stem(file: Path) -> str:
    suffix = next(each for each in SUFFIXES if file.name.lower().endswith(each))
    return file.name[: -len(suffix)]


def _named(file: Path) -> list[tuple[str, int]]:
    return [(kind.lower(), int(number)) for kind, number in NAMED.findall(_stem(file))]


def _numbers(file: Path) -> list[int]:
    return [int(number) for number in WHOLE.findall(_stem(file))]


def _telling(every: Sequence[Sequence[int]]) -> list[int]:
    """Return for each name the first number in which names differ: not the 16 in vgg16-05."""
    shared = range(min(map(len, every)))
    differing = [place for place in shared if len({numbers[place] for numbers in every}) > 1]
    place = differing[0] if differing else -1
    return [numbers[place] for numbers in every]


def _ordered(files: Sequence[Path], times: Sequence[int], counts: str) -> list[Checkpoint]:
    pairs = sorted(zip(times, files, strict=True), key=lambda pair: pair[0])
    for (time, file), (other, next_file) in itertools.pairwise(pairs):
        if time == other:
            raise InputError(
                f"Expected one checkpoint for each {counts}. Received for {time}: "
                f"{file.name} and {next_file.name}."
            )
    return [Checkpoint(file, time, counts) for time, file in pairs]
