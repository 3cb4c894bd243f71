"""A film: pictures over time with the numbers beside them. A value."""

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
    """How a network changed a picture for one unit, at the moments worth a frame.

    Args:
        pictures: (n, height, width, channels), uint8: clean, without the climb's transforms.
        steps: (n,), the step that made each; rising, from 0 to the last.
        scores: (n,), what each clean picture scores; negated for a negative unit, so a film always
            climbs.
        probabilities: (n, classes), the network's opinion of each; None without a class layer.
        classes: the classes shown, each with its place and colour for the whole film: the target
            first, then the photo's own, then those that matter most.
        labels: what those classes are called.
        target: the class that was climbed; None for a unit that is no class.
        objective: what was climbed.
        label: its text, with class labels in place of indices.
        start: what it began from: a photo's name, or None for noise.
        strength: the largest root mean square change of a photo; None for noise.
        recipe: how it was climbed.
        source: which network, by name and digest, on which backend and versions.
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
    def colours(self) -> dict[str, str]:
        """The colour of each class shown, by label, in their order; the first is the target's."""
        free = CLASSES[1:] if self.target is None else CLASSES
        return dict(zip(self.labels, free, strict=False))

    def frames(self, *, plain: bool = False) -> Iterator[Picture]:
        """Draw the frames: the picture beside its numbers, or ``plain``, the picture alone."""
        if plain:
            return (frame.fitted(picture, self.plain_side) for picture in self.pictures)
        return frame.frames(self.numbered())

    @property
    def plain_side(self) -> int:
        """The longer side of a plain frame: even, and large enough to be looked at."""
        _, height, width, _ = self.pictures.shape
        return int(max(PLAIN, height, width)) // 2 * 2

    def numbered(self) -> frame.Numbered:
        """The film as the figures take it: arrays and words."""
        shown = None if self.probabilities is None else self.probabilities[:, list(self.classes)]
        return frame.Numbered(
            pictures=self.pictures,
            steps=self.steps,
            scores=self.scores,
            title=self.label,
            network=self.source["network"],
            labels=self.labels,
            probabilities=shown,
            colours=tuple(self.colours.values()),
        )

    def save(self, path: str | Path, plain: bool = False, limit: int | None = LIMIT) -> Path:
        """Write the film, whole or not at all, with its provenance; the suffix chooses the format.

        .gif, .webp, .mp4 and .webm move, .png is a still strip with its numbers, .csv the numbers
        alone. The provenance is inside the .png; beside any other it is ``<name>.json``.

        Args:
            path: where to; missing folders are made.
            plain: leave the numbers out of the pictures.
            limit: bytes a moving film may take; frames are dropped to meet it, None for no limit.
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
        """How often the first frame is shown, so that a photo can be looked at."""
        return round((NOISE if self.start is None else PHOTO) * FPS)

    def _write_moving(self, path: Path, plain: bool, limit: int | None) -> None:
        frames = self.frames(plain=plain)
        held = itertools.repeat(next(frames), self.held_frames)
        encoding.write(itertools.chain(held, frames), path, fps=FPS, hold=LAST, limit=limit)

    def _strip(self, plain: bool) -> Picture:
        """A row of stills."""
        if not plain:
            return frame.strip(self.numbered(), STILLS)
        stills = [self.pictures[index] for index in evenly(len(self), STILLS)]
        fitted = [frame.fitted(still, self.plain_side) for still in stills]
        return images.sheet(fitted, columns=len(fitted), gap=4)

    def _write_table(self, path: Path) -> None:
        """The numbers, a row a frame: step, score, and the shown classes' probabilities."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["step", "score", *self.labels])
        numbered = self.numbered()
        for index in range(len(self)):
            shares = [f"{share:.6g}" for share in numbered.opinion(index)]
            writer.writerow([int(self.steps[index]), f"{self.scores[index]:.6g}", *shares])
        files.put_text(path, stream.getvalue())

    def record(self) -> dict[str, Any]:
        """Everything that is needed to make the film again, as plain numbers and names."""
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
        """The provenance as texts, as it travels inside a PNG; without what is None."""
        return texts(self.record())

    def figure(self) -> "Figure":
        """The score and the shown classes' probabilities over the steps."""
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
