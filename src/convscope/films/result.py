"""The result of ``animate``: pictures over time with the numbers beside them."""

import base64
import csv
import html
import io
import itertools
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from convscope import encoding, files, images
from convscope.brief import counted
from convscope.drawing import frame
from convscope.drawing.style import CLASSES
from convscope.films.formats import STRIP, TABLE, beside, checked
from convscope.images import Picture
from convscope.maximization.recipe import Recipe
from convscope.objectives import Objective
from convscope.results import Result, texts
from convscope.spacing import evenly

if TYPE_CHECKING:
    from convscope.drawing import Figure

FPS = 15.0
PHOTO, NOISE, LAST = 0.8, 0.3, 1.8  # seconds that a first frame and the last one stay
LIMIT = 3_000_000  # bytes
PLAIN = 256  # the least side of a plain frame, in pixels
STILLS = 5  # in a strip


@dataclass(frozen=True, eq=False)
class Film(Result):
    """A film of how gradient ascent changed a picture, at the steps where the change was visible.

    Args:
        pictures: (n, height, width, channels), uint8, without the transforms of the ascent.
        steps: (n,), the step after which each was taken; rising, from 0 to the last.
        scores: (n,), the score of each picture without transforms; negated for a negative unit, so
            that the score of a film always rises.
        probabilities: (n, classes), the class probabilities of each; None without a class layer.
        classes: the classes shown, each with one place and one colour for the whole film: first the
            target, then the photo's own class, then those that matter most.
        labels: the names of those classes.
        target: the class that was maximized; None for a unit that is not a class.
        objective: the objective that was maximized.
        label: its text, with class labels in place of indices.
        start: the name of the photo that it began from, or None for noise.
        strength: the largest root mean square change of a photo; None for noise.
        recipe: the settings of the ascent.
        source: name and digest of the network, backend and versions.
    """

    pictures: npt.NDArray[np.uint8]
    steps: npt.NDArray[np.int_]
    scores: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64] | None
    classes: tuple[int, ...]
    labels: tuple[str, ...]
    target: int | None
    objective: Objective
    label: str
    start: str | None
    strength: float | None
    recipe: Recipe
    source: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def colors(self) -> dict[str, str]:
        """The colour of each class shown, by label and in order; the target's comes first."""
        free = CLASSES[1:] if self.target is None else CLASSES
        return dict(zip(self.labels, free, strict=False))

    def frames(self, *, plain: bool = False) -> Iterator[Picture]:
        """Yield the frames: each picture beside its numbers, or the pictures alone.

        Args:
            plain: leave the numbers out.
        """
        if plain:
            return (frame.fitted(picture, self.plain_side) for picture in self.pictures)
        return frame.frames(self.numbered())

    @property
    def plain_side(self) -> int:
        """The longer side of a plain frame in pixels: even, and at least 256."""
        _, height, width, _ = self.pictures.shape
        return int(max(PLAIN, height, width)) // 2 * 2

    def numbered(self) -> frame.Numbered:
        """Return the arrays and texts that the figures take."""
        shown = None if self.probabilities is None else self.probabilities[:, list(self.classes)]
        return frame.Numbered(
            pictures=self.pictures,
            steps=self.steps,
            scores=self.scores,
            title=self.label,
            network=self.source["network"],
            labels=self.labels,
            probabilities=shown,
            colors=tuple(self.colors.values()),
        )

    def save(self, path: str | Path, plain: bool = False, limit: int | None = LIMIT) -> Path:
        """Write the film, whole or not at all, with its provenance, and return the path.

        The suffix chooses the format. .gif, .webp, .mp4 and .webm are moving files, .png is a strip
        of stills with their numbers, and .csv has the numbers alone. The provenance is inside a
        .png; for the others it is in a file ``<name>.json`` beside them.

        Args:
            path: the file to write; missing folders are made.
            plain: leave the numbers out of the pictures.
            limit: the most bytes that a moving file may have. Frames are dropped to meet it; None
                for no limit.

        Raises:
            InputError: the suffix is not one of the formats, or ``limit`` cannot be met.
            MissingExtra: a video is asked for and PyAV is not installed.
            OutputError: the file cannot be written.
        """
        path, suffix = Path(path), checked(path)
        if suffix == STRIP:
            return images.save(self._strip(plain), path, self.info())
        if suffix == TABLE:
            self._write_table(path)
        else:
            self._write_moving(path, plain, limit)
        (record,) = beside(path)
        files.put_json(record, self.record())
        return path

    @property
    def held_frames(self) -> int:
        """How many times the first frame is repeated, so that there is time to see it."""
        return round((NOISE if self.start is None else PHOTO) * FPS)

    def _write_moving(self, path: Path, plain: bool, limit: int | None) -> None:
        frames = self.frames(plain=plain)
        held = itertools.repeat(next(frames), self.held_frames)
        encoding.write(itertools.chain(held, frames), path, fps=FPS, hold=LAST, limit=limit)

    def _strip(self, plain: bool) -> Picture:
        """Return a row of stills."""
        if not plain:
            return frame.strip(self.numbered(), STILLS)
        stills = [self.pictures[index] for index in evenly(len(self), STILLS)]
        fitted = [frame.fitted(still, self.plain_side) for still in stills]
        return images.sheet(fitted, columns=len(fitted), gap=4)

    def _write_table(self, path: Path) -> None:
        """Write a row for each frame: step, score, and the shown classes' probabilities."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["step", "score", *self.labels])
        numbered = self.numbered()
        for index in range(len(self)):
            shares = [f"{share:.6g}" for share in numbered.opinion(index)]
            writer.writerow([int(self.steps[index]), f"{self.scores[index]:.6g}", *shares])
        files.put_text(path, stream.getvalue())

    def record(self) -> dict[str, Any]:
        """Return everything that is needed to make the film again, as plain numbers and names."""
        height, width = self.pictures.shape[1:3]
        return {
            "convscope": "animate",
            "objective": str(self.objective),
            "label": self.label,
            "start": self.start,
            "strength": self.strength,
            "size": f"{height}x{width}",
            "frames": len(self),
            "recipe": self.recipe.as_json(),
            **self.source,
        }

    def info(self) -> dict[str, str]:
        """Return the provenance as texts that are written into a PNG, without what is None."""
        return texts(self.record())

    def figure(self) -> "Figure":
        """Return a figure of the score and the shown classes' probabilities over the steps."""
        return frame.trajectory(self.numbered())

    def _brief(self) -> str:
        return f"{self.label}, {counted(len(self), 'frame')}, from {self.start or 'noise'}"

    def _repr_png_(self) -> bytes:
        return images.encode_png(frame.strip(self.numbered()))

    def _repr_html_(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.webp"
            self._write_moving(path, plain=False, limit=LIMIT)
            data = base64.b64encode(path.read_bytes()).decode("ascii")
        return f'<img alt="{html.escape(self.label)}" src="data:image/webp;base64,{data}">'
