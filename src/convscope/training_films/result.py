"""A training as a film: pictures of units over time, with the numbers beside them. A value."""

import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from convscope import drawing, encoding, files, images
from convscope.brief import Brief, counted
from convscope.images import Picture
from convscope.maximization.recipe import Recipe
from convscope.maximization.task import Subject, stems
from convscope.objectives import Objective
from convscope.results import Result, texts
from convscope.training_films.convergence import MEASURE, SETTLED, Settling
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
        at: after how many batches, or the number of the checkpoint.
        label: the same in words: 'batch 37'.
        pictures: one a unit, (height, width, channels) uint8.
        responses: the units' own, each to its picture.
        digest: of the weights.
        wanted: for when it was wanted, if it came later.
        file: the checkpoint's name, if it was made from one.
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
        """Write the pictures: batch-0000037/conv-5.png, so that names sort by time.

        Args:
            objectives: of the pictures, one each.
            folder: of all moments.
            info: the origin that they share.
        """
        kind = self.label.partition(" ")[0]
        names = stems(Subject(objective, 0) for objective in objectives)
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
    """Seconds of filming and of the training itself, and what was allowed.

    That is a share of the training's time, or ``floor`` seconds if they are more.
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
        objectives: what was climbed at each moment, from early layers to late ones.
        labels: their texts, with class labels in place of indices.
        moments: in order, the last one last.
        counts: what they count: 'batch', 'epoch', 'step' or 'checkpoint'.
        curve: how the training went, if that is known.
        settling: how settled each layer was at each moment.
        recipe: how all were climbed, with the seed of the numbers they all began from.
        size: of the pictures, as text.
        source: which network, with the digest of the last moment, on which backend and versions.
        cost: what filming took, beside a training.
        notes: what did not go as it was asked for.
    """

    objectives: tuple[Objective, ...]
    labels: tuple[str, ...]
    moments: tuple[Moment, ...]
    counts: str
    curve: Curve | None
    settling: Settling
    recipe: Recipe
    size: str
    source: Mapping[str, str]
    cost: Cost | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.moments)

    def frames(self) -> Iterator[Picture]:
        """Draw the film: one frame a moment, (height, width, 3), all units and the curve."""
        return frames(self.story())

    def figure(self) -> "Figure":
        """One row a unit, one column a moment; below them the curve, and which layers settled."""
        return learning(self.story())

    def film(self, path: str | Path, limit: int | None = LIMIT) -> Path:
        """Write the film as .webp, .gif, .mp4 or .webm, with its numbers beside it as JSON.

        Each moment is held until the next one; nothing is made up in between.

        Args:
            path: where to; missing folders are made.
            limit: bytes it may take; frames are dropped to meet it, None for no limit.
        """
        path = Path(path)
        encoding.write(self.frames(), path, fps=FPS, hold=LAST, limit=limit)
        return self._record_beside(path)

    def save(self, path: str | Path) -> Path:
        """Write it, whole or not at all; the suffix chooses what.

        .webp, .gif, .mp4 and .webm are the film, .png, .pdf and .svg the figure, .json the numbers.
        Without a suffix: a folder, with a folder of PNGs for each moment.
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
        """What figures take: arrays and words."""
        curve = self.curve or Curve({}, self.counts)
        return Story(
            rows=self.labels,
            pictures=tuple(
                tuple(images.from_bytes(moment.pictures[row]) for moment in self.moments)
                for row in range(len(self.labels))
            ),
            moments=tuple(moment.label for moment in self.moments),
            at=tuple(moment.at for moment in self.moments),
            counts=self.counts,
            lines={name: curve.lines[name] for name in self._shown(curve)},
            about=curve.about,
            settling=self.settling.layers,
            network=self.source["network"],
        )

    def _shown(self, curve: Curve) -> list[str]:
        """The measures worth a line, each with its like on validation pictures."""
        names = [name for measure in curve.measures for name in (measure, f"val_{measure}")]
        return [name for name in names if name in curve.lines]

    def record(self) -> dict[str, Any]:
        """Everything that is needed to make it again, and the numbers, as plain JSON."""
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
            "moments": [self._told(moment) for moment in self.moments],
        }

    def info(self) -> dict[str, str]:
        """The origin alone, as texts: what travels inside a PNG."""
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

    def _told(self, moment: Moment) -> dict[str, Any]:
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
    """A number as JSON takes it, with as many digits as mean something."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
