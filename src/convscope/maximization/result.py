"""The results of activation maximization: ``Maximized``, one picture, and ``Gallery``, several."""

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from convscope import drawing, images
from convscope.brief import Brief, counted
from convscope.canvas import CANVASES, has_opacity
from convscope.errors import InputError
from convscope.images import Picture
from convscope.maximization.figure import ascent
from convscope.maximization.recipe import Recipe
from convscope.maximization.task import Task, file_stems
from convscope.networks.natural_statistics import Standing
from convscope.networks.units import Unit
from convscope.networks.words import InWords, Phrase
from convscope.objectives import Objective
from convscope.results import Result
from convscope.validation import whole

if TYPE_CHECKING:
    from convscope.drawing import Figure
    from convscope.networks.network import Network


LARGEST = 64  # times that a picture may be enlarged


@dataclass(frozen=True, eq=False)
class Maximized(Result):
    """The picture that excites a unit most, rounded to 8 bits as it is saved, and its measurements.

    Args:
        picture: (height, width, channels) in [0, 1], each value a whole number of 255ths; the last
            channel is opacity if ``opacity`` says so.
        objective: the objective that the ascent maximized.
        label: its text, with class labels in place of indices.
        response: the unit's response to ``picture``, before its activation function, not negated
            for a negative unit; for another objective, its score. A transparent picture is measured
            over mid gray, as readers of the file show it.
        history: the score before each step, under that step's transforms. For a channel that its
            layer only passes on, it is measured at the layer that computes the channel.
        standing: how the response compares with those to natural pictures, if the network brings
            statistics. Those pictures had the network's own size, whatever the size of this one.
        recipe: the settings of the ascent.
        source: name and digest of the network, backend and versions.
        note: a warning that should be shown with the picture; '' if there is none.
        batch: the objectives that were computed in one batch, in order; empty for a picture that
            was computed alone. Rounding may depend on the batch, and an ascent amplifies it.
        network: the network itself, for ``card``; None if it is not known any more.
    """

    picture: Picture
    objective: Objective
    label: str
    response: float
    history: tuple[float, ...]
    standing: Standing | None
    recipe: Recipe
    source: Mapping[str, str]
    note: str = ""
    batch: tuple[str, ...] = ()
    network: "Network | None" = field(default=None, repr=False)

    @property
    def unit(self) -> Unit | None:
        """The unit, if the objective is one unit and nothing else; None otherwise."""
        return self.objective.unit

    @property
    def gain(self) -> float:
        """The value that was maximized: the response, negated for a negative unit."""
        return -self.response if self.unit and self.unit.negative else self.response

    @property
    def opacity(self) -> bool:
        """Whether the picture's last channel is opacity."""
        return has_opacity(CANVASES[self.recipe.canvas]((1, 1), 1))

    @property
    def seen(self) -> Picture:
        """The picture as it is measured: a transparent one is laid over mid gray."""
        return images.composite(self.picture) if self.opacity else self.picture

    @property
    def contrast(self) -> float:
        """The RMS contrast of the measured picture; without contrast a response means little."""
        return images.rms_contrast(self.seen)

    def shown(self) -> Picture:
        """Return the picture as figures show it: transparent ones over a light checkerboard."""
        if not self.opacity:
            return self.picture
        height, width = self.picture.shape[:2]
        return images.composite(self.picture, images.checkered((height, width)))

    def info(self) -> dict[str, str]:
        """Return the texts that are written into the saved file."""
        height, width = self.picture.shape[:2]
        return {
            "convscope": "maximize",
            "objective": str(self.objective),
            "label": self.label,
            "size": f"{height}x{width}",
            "response": f"{self.response:.6g}",
            "contrast": f"{self.contrast:.4f}",
            "standing": str(self.standing)
            if self.standing
            else "no statistics of natural pictures",
            "recipe": json.dumps(self.recipe.as_json()),
            **({"note": self.note} if self.note else {}),
            **({"batch": shlex.join(self.batch)} if self.batch else {}),
            **self.source,
        }

    def save(self, path: str | Path, *, enlarge: int = 1) -> Path:
        """Write the picture with its provenance; the suffix chooses the format, usually .png.

        The file has the pixels that the network saw and that were measured. An enlarged picture is
        for people to look at; its record says that it was enlarged.

        Args:
            path: the file to write; missing folders are made.
            enlarge: how many times as many pixels along each side the file has, 1 to 64.

        Returns:
            The path of the file.

        Raises:
            InputError: ``enlarge`` is out of its range.
            UnknownName: the suffix is not a picture format.
            OutputError: the file cannot be written.
        """
        info = self.info()
        if whole("enlarge", enlarge, high=LARGEST) > 1:
            info["enlarged"] = f"{enlarge} times, bicubic; the network saw {info['size']}"
        shown = self.enlarged(enlarge)
        return images.save(shown, Path(path), info, opacity=self.opacity)

    def enlarged(self, times: int) -> Picture:
        """Return the picture with ``times`` as many pixels along each side (bicubic)."""
        height, width = self.picture.shape[:2]
        if times == 1:
            return self.picture
        return images.resize(self.picture, (height * times, width * times))

    def figure(self) -> "Figure":
        """Return a figure of the picture with its reach, and its score at each step."""
        return ascent(self.shown(), self.label, self.caption(), self.history)

    @property
    def in_words(self) -> Phrase | None:
        """What the unit separates best among labelled photos, if the network brings that."""
        statistics = self.network.natural if self.network else None
        found = statistics.in_words(self.unit) if statistics and self.unit else None
        return found.high.best if isinstance(found, InWords) else None

    def caption(self) -> str:
        """Return one line: the picture's reach, or its response, and its note."""
        standing = str(self.standing) if self.standing else f"response {self.response:.3g}"
        return f"{standing}; {self.note}" if self.note else standing

    def _brief(self) -> str:
        return f"{self.label}, {_short(self.standing) or f'response {self.response:.3g}'}"

    def _repr_png_(self) -> bytes:
        shown = self.enlarged(max(1, 256 // max(self.picture.shape[:2])))
        return images.encode_png(shown, opacity=self.opacity)


@dataclass(frozen=True, eq=False)
class Gallery(Brief, Sequence[Maximized]):
    """Several maximized pictures of one network, as a sequence in the order asked for.

    Args:
        results: the pictures.
    """

    results: tuple[Maximized, ...]

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, index: int) -> Maximized: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Maximized, ...]: ...
    def __getitem__(self, index: int | slice) -> Maximized | tuple[Maximized, ...]:
        return self.results[index]

    def __add__(self, other: "Gallery") -> "Gallery":
        """Return the pictures of two galleries, for one sheet."""
        return Gallery(self.results + other.results)

    def info(self) -> dict[str, str]:
        """Return the provenance of the sheet: all units, and what their pictures have in common."""
        first = self.results[0]
        networks = dict.fromkeys(result.source["network"] for result in self.results)
        own = [result for result in self.results if _network(result) == _network(first)]
        every = Counter(str(result.objective) for result in own)
        count = max(every.values())  # of the last one there are fewer after an interruption
        return {
            "convscope": "gallery",
            "objectives": shlex.join(every),
            **({"count": str(count)} if count > 1 else {}),
            **({"networks": shlex.join(networks)} if len(own) < len(self) else {}),
            **_unlike(own, every, count),
            **self._size(),
            **self._recipe(),
            **first.source,
        }

    def _size(self) -> dict[str, str]:
        sizes = [result.info()["size"] for result in self.results]
        if len(set(sizes)) == 1:
            return {"size": sizes[0]}
        return {"size": "fit", "sizes": " ".join(sizes)}  # what else makes them differ

    def _recipe(self) -> dict[str, str]:
        """Return the first recipe; or all recipes, if they differ in more than seeds."""
        recipes = [result.recipe for result in self.results]
        if len({replace(recipe, seed=0) for recipe in recipes}) == 1:
            return {"recipe": json.dumps(recipes[0].as_json())}
        return {"recipes": json.dumps([recipe.as_json() for recipe in recipes])}

    def save(
        self,
        where: str | Path,
        *,
        columns: int | None = None,
        enlarge: int = 1,
        dpi: int = drawing.DPI,
    ) -> list[Path]:
        """Write one PNG for each picture into a folder, or all pictures as one labelled sheet.

        Args:
            where: a folder, made if it is missing, that gets PNGs named after the addresses; or a
                path ending in .png, .pdf or .svg, which gets the sheet.
            columns: how many columns the sheet has; by default about as many as rows.
            enlarge: how many times as many pixels along each side the PNGs in a folder have, 1 to
                64.
            dpi: pixels an inch of a sheet in .png.

        Returns:
            The paths of the files.

        Raises:
            InputError: there is no picture, or ``enlarge``, ``columns`` or ``dpi`` is out of
                range.
            UnknownName: the suffix is not one of a sheet's formats.
            OutputError: a file cannot be written.
        """
        path = Path(where)
        if path.suffix and not path.is_dir():
            placed = {"columns": str(columns)} if columns else {}
            return [drawing.save(self.figure(columns), path, self.info() | placed, dpi=dpi)]
        names = file_stems(
            [
                Task(result.objective, result.recipe.seed, label=result.label)
                for result in self.results
            ]
        )
        return [
            result.save(path / f"{name}.png", enlarge=enlarge)
            for result, name in zip(self.results, names, strict=True)
        ]

    def figure(self, columns: int | None = None) -> "Figure":
        """Return a figure of all pictures on one labelled sheet, in so many ``columns``.

        Raises:
            InputError: there is no picture.
        """
        if not self.results:
            raise InputError.expected("at least one picture to show", "none")
        return drawing.sheet(
            [result.shown() for result in self.results],
            [result.label for result in self.results],
            [_below(result) for result in self.results],
            columns=columns,
        )

    def _brief(self) -> str:
        labels = ", ".join(result.label for result in self.results)
        return f"of {counted(len(self), 'picture')}: {labels}"

    def _repr_png_(self) -> bytes:
        return drawing.to_png(self.figure())


def _network(result: Maximized) -> tuple[str, str]:
    return result.source["network"], result.source["digest"]


def _unlike(some: Sequence[Maximized], every: Iterable[str], count: int) -> dict[str, str]:
    """Return all seeds, if they are not ``count`` consecutive ones for each objective."""
    made = [(str(result.objective), result.recipe.seed) for result in some]
    first = some[0].recipe.seed
    if made == [(text, first + copy) for text in every for copy in range(count)]:
        return {}
    return {"seeds": " ".join(str(seed) for _, seed in made)}


def _short(standing: Standing | None) -> str:
    return "" if standing is None else f"reach {standing.reach:.2f}"


def _below(result: Maximized) -> str:
    """Return what stands below a picture of a sheet: its reach, and its unit in words."""
    # A class has its label in the title already.
    words = result.in_words if result.label == str(result.unit) else None
    return ", ".join(part for part in (_short(result.standing), words and words.short) if part)


def eight_bit(painted: np.ndarray) -> Picture:
    """Return a picture as it is once saved and read again: rounded to 255ths."""
    return images.from_bytes(images.to_bytes(painted))
