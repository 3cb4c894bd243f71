"""``Dream``: an ascent on the disk, frame by frame, with its numbers."""

import hashlib
import itertools
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convscope import files, images
from convscope.brief import Brief
from convscope.errors import InputError

FOLDER = "dreams"
NAME = re.compile(r"[0-9a-f]{16}")
MOST = 2048  # steps of one dream
DEFAULTS = {"seed": 0, "steps": 256, "strength": 0.08}


@dataclass(frozen=True)
class Dream(Brief):
    """An ascent that was asked for: its frames and numbers lie in a folder.

    Its name is made of what was asked for, so that the same ascent is not made twice.

    Args:
        folder: of all dreams of a network.
        name: 16 hexadecimal digits.
    """

    folder: Path
    name: str

    @classmethod
    def of(cls, folder: Path, request: Mapping[str, Any]) -> "Dream":
        """Return the dream of a request, whether it was made or not."""
        text = json.dumps(dict(request), sort_keys=True)
        return cls(folder / FOLDER, hashlib.sha256(text.encode()).hexdigest()[:16])

    @classmethod
    def named(cls, folder: Path, name: str) -> "Dream | None":
        """Return the dream of a name; None if there is none."""
        found = cls(folder / FOLDER, name)
        return found if NAME.fullmatch(name) and found.about else None

    @classmethod
    def all(cls, folder: Path) -> "list[Dream]":
        """Return all dreams, the latest first."""
        where = folder / FOLDER
        names = (
            [each for each in where.iterdir() if NAME.fullmatch(each.name)]
            if where.is_dir()
            else []
        )
        names.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        return [dream for dream in (cls(where, each.name) for each in names) if dream.about]

    @property
    def where(self) -> Path:
        """Its folder."""
        return self.folder / self.name

    @property
    def about(self) -> dict[str, Any]:
        """What was asked for, and how far it came: 'request', 'label', 'state', 'total'."""
        return files.remembered(self.where / "about.json")

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """What was measured at each step so far: 'score', 'top', 'layers'."""
        found: list[dict[str, Any]] = []
        with suppress(OSError, ValueError):  # a line that is not whole yet, and what follows it
            for line in self._numbers.read_text("utf-8").splitlines():
                found.append(json.loads(line))
        return found

    def begin(self, about: Mapping[str, Any]) -> None:
        """Note what was asked for, before the first frame."""
        files.put_json(self.where / "about.json", dict(about))

    def add(self, first: int, numbers: Sequence[Mapping[str, Any]]) -> None:
        """Note what was measured at the next steps; a page that is opened later has them, too.

        Args:
            first: the first of these steps; what an earlier run has left is replaced by step 0.
            numbers: of each step.
        """
        with self._numbers.open("a" if first else "w", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(each), allow_nan=False) + "\n" for each in numbers)

    def end(self, state: str) -> None:
        """Note how it ended."""
        files.put_json(self.where / "about.json", {**self.about, "state": state})

    @property
    def _numbers(self) -> Path:
        return self.where / "numbers.jsonl"  # a line for each step

    def frame(self, step: int) -> Path:
        """Return the path of the picture after a step."""
        return self.where / f"{step:05d}.webp"

    def keep(self, step: int, picture: np.ndarray) -> None:
        """Write the picture after a step, uint8 (height, width, channels), with all its values."""
        files.put(self.frame(step), images.encode_webp(images.from_bytes(picture)))

    @property
    def count(self) -> int:
        """How many frames there are without a gap, from step 0."""
        names = set(os.listdir(self.where)) if self.where.is_dir() else set()
        return next(step for step in itertools.count() if self.frame(step).name not in names)

    def pictures(self, channels: int) -> list[np.ndarray]:
        """Return all frames, each uint8 (height, width, channels); a file has gray ones as RGB.

        Raises:
            InputError: there are none.
        """
        count = self.count
        if not count:
            raise InputError.expected("an ascent with pictures", "one without")
        return [
            images.to_bytes(images.decode(self.frame(step).read_bytes(), f"step {step}"))[
                ..., :channels
            ]
            for step in range(count)
        ]

    def _brief(self) -> str:
        return f"{self.about.get('label', self.name)}, {self.count} frames"
