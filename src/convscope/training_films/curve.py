"""The curve of a training: loss, accuracy and other measures, over batches or epochs."""

import csv
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from convscope.brief import Brief
from convscope.errors import InputError

MOST = 2000  # points of a line: more than a figure has pixels
VALIDATION = "val_"
TIMES = ("epoch", "step", "batch", "iteration")  # columns of a log that count
# Those that count what checkpoints do. Where a name says nothing, any will do.
COLUMNS = {
    "epoch": ("epoch",),
    "step": ("step", "batch"),
    "batch": ("batch", "step"),
    "iteration": ("iteration", "step", "batch"),
}

Points = tuple[tuple[float, float], ...]  # (when, how much)


@dataclass(frozen=True)
class Curve(Brief):
    """Lines by name, 'loss' and 'val_accuracy', the unit of their time, and a description."""

    lines: Mapping[str, Points]
    counts: str  # 'batch', 'epoch', ...
    about: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures to show: the loss, and one for which higher is better."""
        plain = [name for name in self.lines if not name.startswith(VALIDATION)]
        others = [name for name in plain if "loss" not in name and "rate" not in name]
        accurate = [name for name in others if "acc" in name] or others
        return (*(["loss"] if "loss" in plain else []), *accurate[:1])

    def shown(self) -> "Curve":
        """Return the lines of the measures to show, each with that of validation data."""
        names = [name for measure in self.measures for name in (measure, f"{VALIDATION}{measure}")]
        return replace(self, lines={name: self.lines[name] for name in names if name in self.lines})

    def at(self, name: str, when: float) -> float | None:
        """Return a line's latest value at a time; None before its first."""
        known = [value for place, value in self.lines.get(name, ()) if place <= when]
        return known[-1] if known else None


@dataclass
class Recorder(Brief):
    """Records a curve with at most ``MOST`` points a line; beyond, every second one is dropped."""

    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    stride: int = 1

    def note(self, when: int, logs: Mapping[str, Any] | None) -> None:
        """Record what Keras reports after a batch, if it is due.

        Reading the values waits for the device, so others are not read.
        """
        if logs and when % self.stride == 0:
            self.add(when, logs)
            # Validation comes once an epoch, and is worth keeping whole.
            often = [line for name, line in self.lines.items() if not name.startswith(VALIDATION)]
            if max(map(len, often), default=0) > MOST:
                self.stride *= 2
                for line in often:
                    line[:] = line[1::2]

    def add(self, when: float, logs: Mapping[str, Any]) -> None:
        """Record some numbers, without those that are missing or not finite."""
        for name, value in logs.items():
            try:
                number = float(value)
            except (TypeError, ValueError):
                continue
            if math.isfinite(number):
                self.lines.setdefault(name, []).append((float(when), number))

    def curve(self, counts: str, about: str = "") -> Curve:
        """Return what was recorded."""
        return Curve({name: tuple(points) for name, points in self.lines.items()}, counts, about)


def read_log(path: str | os.PathLike[str], counts: str) -> Curve:
    """Return the curve in a CSV file with a header, such as Keras's CSVLogger writes.

    Args:
        path: has a column 'epoch' (which CSVLogger counts from 0: after row 0, 1 epoch is done),
            'step', 'batch' or 'iteration'.
        counts: what the moments of the film count; the column is chosen by it.
    """
    shown = Path(path).name
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            # CSVLogger may have been given another separator.
            separator = re.search(r"[,;\t]", file.readline())
            file.seek(0)
            rows = list(csv.DictReader(file, delimiter=separator[0] if separator else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is not a table"
        raise InputError(f"Cannot read the log '{shown}': {reason}.") from error
    columns = list(rows[0]) if rows else []
    names = COLUMNS.get(counts, TIMES)
    time = next((name for name in names if name in columns), None)
    if time is None:
        raise InputError(
            f"Expected a log with a header and a column {' or '.join(names)}, as the checkpoints "
            f"are counted. Received: '{shown}' with {', '.join(map(str, columns)) or 'nothing'}."
        )
    recorder = Recorder()
    for row in rows:
        try:
            when = float(row[time]) + (time == "epoch")
        except (TypeError, ValueError):
            continue  # a header again, where a training was taken up
        others = {name: value for name, value in row.items() if name and name not in TIMES}
        recorder.add(when, others)
    return recorder.curve(time, f"from {shown}")
