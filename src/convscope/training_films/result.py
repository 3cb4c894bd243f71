"""The result of ``evolve`` and ``FeatureFilm``: pictures of units over a training."""

import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from convscope import drawing, encoding, files, images
from convscope.brief import Brief, counted
from convscope.images import Picture
from convscope.maximization.recipe import Recipe
from convscope.maximization.task import Task, file_stems
from convscope.objectives import Objective
from convscope.results import Result, texts
from convscope.training_films.convergence import MEASURE, SETTLED, Convergence
from convscope.training_films.curve import Curve
from convscope.training_films.figure import Story, frames, learning
from convscope.training_films.formats import FOLDER, NUMBERS, checked

if TYPE_CHECKING:
    from convscope.drawing import Figure

FPS = 2.5  # moments a second: each is a picture to be looked at
LAST = 2.0  # seconds that the last one stays
LIMIT = 3_000_000  # bytes


@dataclass(frozen=True, eq=False)
class Moment(Brief):
    """What the units looked for at one moment of a training.

    Args:
        at: the number of batches before it, or the number of the checkpoint.
        label: the same in words: 'batch 37'.
        pictures: one for each unit, (height, width, channels) uint8.
        responses: of each unit to its own picture.
        digest: of the weights.
        wanted: the batch that it was planned for, if it was filmed later.
        file: the checkpoint's name, if there is one.
    """

    at: int
    label: str
    pictures: tuple[npt.NDArray[np.uint8], ...]
    responses: tuple[float, ...]
    digest: str
    wanted: int | None = None
    file: str | None = None

    def save(
        self, objectives: tuple[Objective, ...], folder: Path, info: Mapping[str, str]
    ) -> list[Path]:
        """Write the pictures, such as batch-0000037/conv-5.png, so that names sort by time.

        Args:
            objectives: of the pictures, one each.
            folder: of all moments.
            info: the provenance that all pictures share.

        Returns:
            The paths of the files.
        """
        kind = self.label.partition(" ")[0]
        names = file_stems(Task(objective, 0) for objective in objectives)
        return [
            images.save(
                images.from_bytes(picture),
                folder / f"{kind}-{self.at:07}" / f"{name}.png",
                {
                    **info,
                    "objectives": str(objective),
                    "moment": self.label,
                    "response": f"{response:.6g}",
                    "digest": self.digest,
                },
            )
            for picture, response, objective, name in zip(
                self.pictures, self.responses, objectives, names, strict=True
            )
        ]


@dataclass(frozen=True)
class Cost:
    """How much time filming took, and how much it was allowed to take.

    Args:
        filming: seconds.
        training: seconds of the training itself.
        allowed: the limit, as a share of the training's seconds; None for no limit.
        floor: seconds that are allowed in any case.
    """

    filming: float
    training: float
    allowed: float | None
    floor: float = 0.0

    def __str__(self) -> str:
        share = self.filming / self.training if self.training else math.inf
        text = f"{self.filming:.1f} s, {share:.1%} of the training's own time"
        if self.allowed is None:
            return f"{text}; no limit"
        least = f" or {self.floor:.0f} s" if self.floor else ""
        over = share > self.allowed and self.filming > self.floor
        why = " (the first and last moment are always filmed)" if over else ""
        return f"{text}; limit {self.allowed:.0%}{least}{why}"


@dataclass(frozen=True, eq=False)
class Learning(Result):
    """What units looked for while a network was trained.

    Args:
        objectives: those maximized at each moment, from early layers to late ones.
        labels: their texts, with class labels in place of indices.
        moments: from first to last.
        counts: the unit of ``Moment.at``: 'batch', 'epoch', 'step' or 'checkpoint'.
        curve: the loss and other measures of the training, if they are known.
        settling: how far each layer had converged at each moment.
        recipe: the settings of the ascents, with the seed of the noise that all of them start from.
        size: of the pictures, as text.
        source: the network, with the digest of the last moment, the backend and versions.
        cost: the time that filming took during a training.
        notes: what did not go as it was asked for.
    """

    objectives: tuple[Objective, ...]
    labels: tuple[str, ...]
    moments: tuple[Moment, ...]
    counts: str
    curve: Curve | None
    settling: Convergence
    recipe: Recipe
    size: str
    source: Mapping[str, str]
    cost: Cost | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.moments)

    def frames(self) -> Iterator[Picture]:
        """Yield a frame for each moment, (height, width, 3), with all units and the curve."""
        return frames(self.story())

    def figure(self) -> "Figure":
        """Return a figure: a row for each unit, a column for each moment, the curve below."""
        return learning(self.story())

    def film(self, path: str | Path, limit: int | None = LIMIT) -> Path:
        """Write the film as .webp, .gif, .mp4 or .webm, with its numbers beside it as JSON.

        Each moment is shown until the next one; there are no frames in between.

        Args:
            path: the file to write; missing folders are made.
            limit: the most bytes that the file may have. Frames are dropped to meet it; None for no
                limit.

        Returns:
            The path of the file.
        """
        path = Path(path)
        encoding.write(self.frames(), path, fps=FPS, hold=LAST, limit=limit)
        return self._record_beside(path)

    def save(self, path: str | Path) -> Path:
        """Write the result, whole or not at all, in the suffix's format, and return the path.

        .webp, .gif, .mp4 and .webm get the film, .png, .pdf and .svg the figure, and .json the
        numbers. A path without a suffix is a folder, which gets a folder of PNGs for each moment.

        Args:
            path: the file or folder to write; missing folders are made.

        Raises:
            InputError: the suffix is not one of the formats.
            MissingExtra: a video is asked for and PyAV is not installed.
            OutputError: a file cannot be written.
        """
        path, suffix = Path(path), checked(path)
        if suffix in encoding.WRITERS:
            return self.film(path)
        if suffix == NUMBERS:
            return files.put_json(path, self.record())
        if suffix == FOLDER:
            for moment in self.moments:
                moment.save(self.objectives, path, self.info())
            files.put_json(path / "learning.json", self.record())
            return path
        drawing.save(self.figure(), path, self.info())
        return self._record_beside(path)

    def _record_beside(self, path: Path) -> Path:
        files.put_json(path.with_name(f"{path.name}.json"), self.record())
        return path

    def story(self) -> Story:
        """Return the arrays and texts that the figures take."""
        curve = self.curve or Curve({}, self.counts)
        return Story(
            rows=self.labels,
            pictures=tuple(
                tuple(images.from_bytes(moment.pictures[row]) for moment in self.moments)
                for row in range(len(self.labels))
            ),
            moments=tuple(moment.label for moment in self.moments),
            at=tuple(moment.at for moment in self.moments),
            curve=replace(curve.shown(), counts=self.counts),
            settling=self.settling.layers,
            network=self.source["network"],
        )

    def record(self) -> dict[str, Any]:
        """Return the numbers, and all that is needed to make the film again, as plain JSON."""
        checkpoints = [moment.file for moment in self.moments if moment.file]
        return {
            "convscope": "evolve",
            "objectives": shlex.join(map(str, self.objectives)),
            **({"checkpoints": shlex.join(checkpoints)} if checkpoints else {}),
            "size": self.size,
            "recipe": self.recipe.as_json(),
            **({"cost": str(self.cost)} if self.cost else {}),
            **({"notes": " ".join(self.notes)} if self.notes else {}),
            **self.source,
            "settling": self._settling(),
            "moments": [self._described(moment) for moment in self.moments],
        }

    def info(self) -> dict[str, str]:
        """Return the provenance alone, as texts that are written into a PNG."""
        return texts(self.record(), "settling", "moments")

    def _settling(self) -> dict[str, Any]:
        labels = [moment.label for moment in self.moments]
        return {
            "measure": MEASURE,
            "pictures": self.settling.pictures,
            "moments": [moment.at for moment in self.moments],
            "layers": {
                layer: [_number(value) for value in values]
                for layer, values in self.settling.layers.items()
            },
            f"at {SETTLED} from": {
                layer: labels[since]
                for layer in self.settling.layers
                if (since := self.settling.settled(layer)) is not None
            },
        }

    def _described(self, moment: Moment) -> dict[str, Any]:
        curve = self.curve or Curve({}, self.counts)
        values = {name: curve.at(name, moment.at) for name in curve.lines}
        return {
            "at": moment.at,
            "label": moment.label,
            **({"wanted": moment.wanted} if moment.wanted is not None else {}),
            **({"file": moment.file} if moment.file else {}),
            "digest": moment.digest,
            "responses": dict(zip(self.labels, map(_number, moment.responses), strict=True)),
            "curve": {name: _number(value) for name, value in values.items() if value is not None},
        }

    def _brief(self) -> str:
        units = counted(len(self.labels), "unit")
        return f"{units} at {counted(len(self), 'moment')}: {', '.join(self.labels)}"

    def _repr_png_(self) -> bytes:
        return drawing.to_png(self.figure())


def _number(value: float) -> float | None:
    """Return a number as JSON takes it, with six significant digits; None for infinity and NaN."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
