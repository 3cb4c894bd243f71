"""What a climb gives: a picture with its history, its standing and its provenance."""

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import figures, pictures
from convscope.brief import Brief, counted
from convscope.canvas import CANVASES, backed
from convscope.errors import InputError
from convscope.maximize.recipe import Recipe
from convscope.maximize.subject import Subject, stems
from convscope.models.natural import Standing
from convscope.models.units import Unit
from convscope.objectives import Objective
from convscope.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from convscope.models.network import Network
    from convscope.trust import Card


LARGEST = 64  # times that a picture may be enlarged


@dataclass(frozen=True, eq=False)
class Maximized(Brief):
    """The picture that excites a unit, as it is saved: rounded to 8 bits.

    Args:
        picture: (height, width, channels) in [0, 1], each value a whole number of 255ths; the last
            channel is opacity if ``opacity`` says so.
        objective: what was climbed.
        label: its text, with class labels in place of indices.
        response: the unit's response to ``picture``, before its activation function; not negated
            for a negative unit. Of another objective, its score. A transparent picture lies over
            mid gray, as readers of the file lay it.
        history: the score before each step, under that step's transforms; of a channel that its
            layer only passes on, where it is made.
        standing: where the response stands among natural pictures, if statistics exist; those were
            shown at the network's own size, whatever the size of this picture.
        recipe: how it was climbed.
        source: which network, by name and digest, on which backend and versions.
        note: what the picture must not be shown without; '' if nothing.
        batch: the objectives climbed in one batch, this one's place being where it stands; empty
            if it was climbed alone. Rounding may depend on the batch, and a climb enlarges it.
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
        """The unit, if nothing else was climbed."""
        return self.objective.unit

    @property
    def gain(self) -> float:
        """How much the picture does what was climbed: the response, negated for a negative unit."""
        return -self.response if self.unit and self.unit.negative else self.response

    @property
    def opacity(self) -> bool:
        """Whether the picture's last channel is how opaque it is."""
        return backed(CANVASES[self.recipe.canvas]((1, 1), 1))

    @property
    def seen(self) -> Picture:
        """The picture as it is measured: a transparent one lies over mid gray."""
        return pictures.over(self.picture) if self.opacity else self.picture

    @property
    def contrast(self) -> float:
        """The RMS contrast of what was measured, without which a response means little."""
        return pictures.rms_contrast(self.seen)

    def shown(self) -> Picture:
        """The picture as figures show it: a transparent one over a light checkerboard."""
        if not self.opacity:
            return self.picture
        height, width = self.picture.shape[:2]
        return pictures.over(self.picture, pictures.checkered((height, width)))

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside the saved file."""
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
        """Write the picture with its provenance; the suffix chooses the format (.png by custom).

        The file has the pixels that the network saw, which is what was measured; enlarged, for
        people to look at, it has so many times as many along each side, and its record says so.
        """
        info = self.info()
        if whole("enlarge", enlarge) > 1:
            info["enlarged"] = f"{enlarge} times, bicubic; the network saw {info['size']}"
        shown = self.enlarged(enlarge)
        return pictures.save(shown, Path(path), info, opacity=self.opacity)

    def enlarged(self, times: int) -> Picture:
        """The picture with so many times as many pixels along each side, made smoothly."""
        height, width = self.picture.shape[:2]
        if times == 1:
            return self.picture
        return pictures.resize(self.picture, (height * times, width * times))

    def figure(self) -> "Figure":
        """The picture with its standing, and the score as it rose."""
        return figures.climb(self.shown(), self.label, self.caption(), self.history)

    def card(self, **settings: Any) -> "Card":
        """The evidence about the picture; settings are those of ``convscope.card``."""
        if self.network is None:
            raise InputError("Expected a picture that knows its network. Try: convscope.card().")
        # Evidence lies a layer above pictures, which are complete without it; so it is looked up
        # when it is asked for, and nothing here imports it.
        card: Card = import_module("convscope.trust").card(self.network, self, **settings)
        return card

    def caption(self) -> str:
        """One line: where the picture stands, or its response; and what must be said of it."""
        standing = str(self.standing) if self.standing else f"response {self.response:.3g}"
        return f"{standing}; {self.note}" if self.note else standing

    def _brief(self) -> str:
        return f"{self.label}, {_short(self.standing) or f'response {self.response:.3g}'}"

    def _repr_png_(self) -> bytes:
        shown = self.enlarged(max(1, 256 // max(self.picture.shape[:2])))
        return pictures.encode_png(shown, opacity=self.opacity)


@dataclass(frozen=True, eq=False)
class Gallery(Brief, Sequence[Maximized]):
    """Several maximized pictures of one network, in order."""

    results: tuple[Maximized, ...]

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: Any) -> Any:
        return self.results[index]

    def __iter__(self) -> Iterator[Maximized]:
        return iter(self.results)

    def info(self) -> dict[str, str]:
        """The provenance of the sheet: all the units, and what their pictures have in common."""
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
        """The recipe of the first; or, where they differ by more than their seeds, of each."""
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
        dpi: int = figures.DPI,
    ) -> list[Path]:
        """Write one PNG a unit, named after its address, into a folder that is made if missing.

        Or, to a path ending in .png, .pdf or .svg, all of them as one labelled sheet. ``enlarge``
        is for the PNGs, as ``Maximized.save`` has it; ``columns`` and ``dpi``, the pixels an inch
        of a PNG, are for the sheet.
        """
        path = Path(where)
        if path.suffix and not path.is_dir():
            placed = {"columns": str(columns)} if columns else {}
            return [figures.save(self.figure(columns), path, self.info() | placed, dpi=dpi)]
        names = stems(
            [
                Subject(result.objective, result.recipe.seed, label=result.label)
                for result in self.results
            ]
        )
        return [
            result.save(path / f"{name}.png", enlarge=enlarge)
            for result, name in zip(self.results, names, strict=True)
        ]

    def figure(self, columns: int | None = None) -> "Figure":
        """All pictures on one labelled sheet."""
        if not self.results:
            raise InputError("Expected at least one picture to show. Received: none.")
        return figures.sheet(
            [result.shown() for result in self.results],
            [result.label for result in self.results],
            [_short(result.standing) for result in self.results],
            columns=columns,
        )

    def _brief(self) -> str:
        labels = ", ".join(result.label for result in self.results)
        return f"of {counted(len(self), 'picture')}: {labels}"

    def _repr_png_(self) -> bytes:
        return figures.to_png(self.figure())


def _network(result: Maximized) -> tuple[str, str]:
    return result.source["network"], result.source["digest"]


def _unlike(some: Sequence[Maximized], every: Iterable[str], count: int) -> dict[str, str]:
    """The seed of each picture, where they are no ``count`` in a row for each of the objectives."""
    made = [(str(result.objective), result.recipe.seed) for result in some]
    first = some[0].recipe.seed
    if made == [(text, first + copy) for text in every for copy in range(count)]:
        return {}
    return {"seeds": " ".join(str(seed) for _, seed in made)}


def _short(standing: Standing | None) -> str:
    return "" if standing is None else f"reach {standing.reach:.2f}"


def whole(name: str, value: int) -> int:
    """A whole number from 1 to ``LARGEST``, or a refusal."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST:
        raise InputError(f"Expected {name} from 1 to {LARGEST}, whole. Received: {value!r}.")
    return value


def eight_bit(painted: np.ndarray) -> Picture:
    """What a picture is once saved and read again: rounded to 255ths."""
    return pictures.from_bytes(pictures.to_bytes(painted))
