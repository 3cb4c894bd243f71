"""The result of ``activation_atlas``: points, and levels of painted cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.activation_atlases.cells import Level
from convscope.activation_atlases.figure import DrawnLevel
from convscope.activation_atlases.figure import atlas as drawn_atlas
from convscope.activation_atlases.to_page import PageCell, PageLevel, PageTexts, to_page
from convscope.brief import Brief, counted
from convscope.images import Picture
from convscope.networks.photo import display_name
from convscope.results import FigureResult

if TYPE_CHECKING:
    from convscope.drawing import Figure

MOST = 3  # classes of a cell
EXAMPLES = 4  # photos of a cell that are named


@dataclass(frozen=True, eq=False)
class PaintedLevel(Brief):
    """A level of the map with a picture of each cell: (m, height, width, channels) in [0, 1]."""

    level: Level
    pictures: Picture

    def speaks_for(self, place: int, labels: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        """Return the classes that a cell speaks for most, with its mean effect on each."""
        if self.level.effects is None:
            return ()
        effects = self.level.effects[place]
        best = np.argsort(-effects, kind="stable")[:MOST]
        return tuple((labels[each], float(effects[each])) for each in best if effects[each] > 0)


@dataclass(frozen=True, eq=False)
class ActivationAtlas(FigureResult):
    """A map of what a layer responds to in many photos.

    Args:
        layer: its address.
        levels: the map, cut into few cells and into more.
        points: (n, 2), x from the left and y from the top, in [0, 1], of each response. Of each
            axis, the outermost half per cent at both ends is moved to the edge.
        photos: (n,), the name of each response's photo.
        places: (n, 2), the row and the column of each response in the layer's maps.
        classes: the labels of the classes; empty if the layer does not lead to classes.
        natural: the folder of photos.
        available: how many photos it has.
        per_photo: how many places of each photo were looked at.
        least: how many responses a painted cell has at least.
        seed: of the places, the layout and the pictures.
        size: height and width of the pictures, in pixels.
        steps: of gradient ascent, if they were stated.
        network: its name.
        source: the network, the backend and versions.
    """

    layer: str
    levels: tuple[PaintedLevel, ...]
    points: np.ndarray
    photos: tuple[str, ...]
    places: np.ndarray
    classes: tuple[str, ...]
    natural: str
    available: int
    per_photo: int
    least: int
    seed: int
    size: tuple[int, int]
    steps: int | None
    network: str
    source: Mapping[str, str]

    @property
    def title(self) -> str:
        """One line that says what the map is of."""
        return f"What {self.layer} of {self.network} responds to"

    @property
    def notes(self) -> list[str]:
        """What to know to read the map, a sentence or two each."""
        notes = [
            f"{len(self.points):,} responses of {self.layer}, each at a random place of one of "
            f"{self.available:,} photos in {display_name(self.natural)}, laid out by UMAP so that "
            "similar ones are near each other. Each picture is the one whose responses point most "
            "in the direction of the mean response of its cell. Cells with fewer than "
            f"{counted(self.least, 'response')} are empty."
        ]
        if self.classes:
            notes.append(
                "The classes that a cell speaks for are measured: how much a class's response, "
                "before softmax, falls when the layer's response at the place is set to zero, "
                "averaged over the cell."
            )
        else:
            notes.append("The network has no classes after this layer, so cells have no labels.")
        return notes

    def figure(self) -> "Figure":
        """Return a figure of all levels side by side."""
        drawn = []
        for painted in self.levels:
            labels = tuple(
                next((label for label, _ in painted.speaks_for(place, self.classes)), "")
                for place in range(len(painted.pictures))
            )
            level = painted.level
            drawn.append(DrawnLevel(level.side, level.places, painted.pictures, labels))
        return drawn_atlas(drawn, title=self.title, notes=self.notes)

    def export(self, folder: str | Path) -> Path:
        """Write the map into a folder and return the path of its page, which opens from the disk.

        Beside the page there are a picture of the map, ``map.png``, and the points as
        ``points.parquet``: x, y, photo, row, column and the cell of each level.

        Raises:
            MissingExtra: the extra 'map' is not installed.
            InputError: the folder has files that are not from such an export.
            OutputError: a file cannot be written.
        """
        source = self.source
        origin = f"{self.network} ({source['digest']}), seed {self.seed}, {source['versions']}."
        return to_page(
            Path(folder),
            [
                PageLevel(painted.level.side, self._cells(painted), painted.pictures)
                for painted in self.levels
            ],
            PageTexts(self.title, self.notes, origin),
            self.figure,
            self.columns(),
            self.info(),
        )

    def _cells(self, painted: PaintedLevel) -> list[PageCell]:
        """Return the painted cells of a level, each with the photos nearest to its middle."""
        level = painted.level
        cells = []
        for place, (row, column) in enumerate(level.places):
            members = np.flatnonzero(level.cell == level.kept[place])
            middle = np.array([column + 0.5, row + 0.5]) / level.side
            apart = np.linalg.norm(self.points[members] - middle, axis=1)
            nearest = members[np.argsort(apart, kind="stable")]
            names = list(dict.fromkeys(self.photos[each] for each in nearest))
            classes = painted.speaks_for(place, self.classes)
            cells.append(
                PageCell((row, column), int(level.counts[place]), classes, names[:EXAMPLES])
            )
        return cells

    def columns(self) -> dict[str, list[Any]]:
        """Return the points as a table, column by column."""
        found: dict[str, list[Any]] = {
            "x": self.points[:, 0].tolist(),
            "y": self.points[:, 1].tolist(),
            "photo": list(self.photos),
            "row": self.places[:, 0].tolist(),
            "column": self.places[:, 1].tolist(),
        }
        for painted in self.levels:
            side = painted.level.side
            found[f"cell_{side}x{side}"] = painted.level.cell.tolist()
        return found

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``points``, ``places``, and for each level its cells, vectors and pictures."""
        found = {"points": self.points, "places": self.places}
        for painted in self.levels:
            level = painted.level
            name = f"{level.side}x{level.side}"
            found |= {
                f"cells/{name}": level.kept,
                f"counts/{name}": level.counts,
                f"vectors/{name}": level.vectors,
                f"pictures/{name}": painted.pictures,
            }
            if level.effects is not None:
                found[f"effects/{name}"] = level.effects
        return found

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        return {
            "convscope": "activation atlas",
            "layer": self.layer,
            "natural": self.natural,
            "cells": ", ".join(str(each.level.side) for each in self.levels),
            "per photo": str(self.per_photo),
            "least": str(self.least),
            "seed": str(self.seed),
            "size": f"{self.size[0]}x{self.size[1]}",
            **({"steps": str(self.steps)} if self.steps else {}),
            **self.source,
        }

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        return {
            **self.info(),
            "responses": len(self.points),
            "photos": self.available,
            "levels": [
                {
                    "side": painted.level.side,
                    "painted": len(painted.pictures),
                    "cells": [
                        {
                            "row": row,
                            "column": column,
                            "responses": int(painted.level.counts[place]),
                            "classes": dict(painted.speaks_for(place, self.classes)),
                        }
                        for place, (row, column) in enumerate(painted.level.places)
                    ],
                }
                for painted in self.levels
            ],
        }

    def lines(self) -> list[tuple[str, ...]]:
        """Return a line for each level."""
        return [
            (
                f"{painted.level.side} x {painted.level.side}",
                f"{len(painted.pictures)} cells painted",
                f"{int(painted.level.counts.sum()):,} of {len(self.points):,} responses",
            )
            for painted in self.levels
        ]

    def _brief(self) -> str:
        cells = " and ".join(f"{each.level.side} x {each.level.side}" for each in self.levels)
        return f"of {self.layer} in {self.network}: {len(self.points)} responses, {cells} cells"
