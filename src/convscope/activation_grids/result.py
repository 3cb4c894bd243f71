"""The result of ``activation_grid``: the vectors of a layer, and a picture of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.activation_grids.figure import Cells, Group
from convscope.activation_grids.figure import grid as drawn_grid
from convscope.brief import Brief, counted
from convscope.drawing.tile import number
from convscope.images import Picture
from convscope.networks.photo import display_name
from convscope.networks.regions import Region
from convscope.results import Classes, FigureResult, classes_record, classes_text

if TYPE_CHECKING:
    from convscope.drawing import Figure


@dataclass(frozen=True, eq=False)
class Grouping(Brief):
    """The groups of channels that stand for the vectors of a grid.

    Args:
        vectors: (n, channels), the weight of each channel in each group; of length 1.
        asked: how many groups were asked for; groups that stay empty are left out.
        explained: the share of the response's squares that the groups explain together.
    """

    vectors: np.ndarray
    asked: int
    explained: float


@dataclass(frozen=True, eq=False)
class ActivationGrid(FigureResult):
    """A layer's response to a photo: at each place a picture of what its vector looks for.

    Args:
        photo: (height, width, channels) in [0, 1], cropped and resized as the network saw it.
        layer: its address.
        region: the part of the photo that the layer's places cover, in most cases all of it.
        vectors: (rows, columns, channels), the layer's response after activation.
        pictures: (n, height, width, channels) in [0, 1].
        which: (rows, columns), the index of each place's picture; -1 where nothing responds.
        grouping: the groups whose pictures they are; None if each place has its own.
        seed: of the pictures and of the groups.
        size: height and width of the pictures, in pixels.
        top: the likeliest classes, (index, label, probability), best first.
        network: its name.
        source: the photo, the network, the backend and versions.
    """

    photo: Picture
    layer: str
    region: Region
    vectors: np.ndarray
    pictures: Picture
    which: np.ndarray
    grouping: Grouping | None
    seed: int
    size: tuple[int, int]
    top: Classes
    network: str
    source: Mapping[str, str]

    @property
    def lengths(self) -> np.ndarray:
        """The length of the vector at each place: (rows, columns)."""
        return np.linalg.norm(self.vectors, axis=2)

    @property
    def shares(self) -> np.ndarray:
        """The share of all places that has each picture: (n,)."""
        counts = np.bincount(self.which[self.which >= 0], minlength=len(self.pictures))
        return counts / self.which.size

    def figure(self) -> "Figure":
        """Return a figure of the photo with the grid beside it, and below them the groups."""
        rows, columns = self.which.shape
        groups: tuple[Group, ...] = ()
        if self.grouping:
            groups = tuple(
                Group(picture, f"group {place}", f"{share:.0%}")
                for place, (picture, share) in enumerate(
                    zip(self.pictures, self.shares, strict=True), 1
                )
            )
        box = self.region
        return drawn_grid(
            self.photo,
            Cells(self.pictures, self.which, self.lengths, (box.top, box.left), box.size),
            self.top,
            title=f"What {self.layer} of {self.network} responds to, place by place, in "
            f"{display_name(self.source['photo'])}",
            caption=f"{rows} x {columns} places of {self.vectors.shape[2]} channels",
            notes=self._notes(),
            groups=groups,
        )

    def _notes(self) -> list[str]:
        rows, columns = self.which.shape
        notes = [
            "At each place, the picture whose responses point most in the direction of the layer's "
            "response there, a vector of all its channels. Its area shows how long the vector is: "
            f"at the largest picture, {number(float(self.lengths.max()))}."
        ]
        if self.grouping:
            notes.append(
                f"The {rows} x {columns} places are shown by "
                f"{counted(len(self.pictures), 'group')} of channels that fire together, found by "
                "non-negative matrix factorization, which explain "
                f"{self.grouping.explained:.1%} of the response's squares: each place has the "
                "picture of the group that is strongest there."
            )
        empty = int((self.which < 0).sum())
        if empty:
            notes.append(f"At {counted(empty, 'place')} nothing responds, and there is no picture.")
        return notes

    def lines(self) -> list[tuple[str, ...]]:
        """Return the size of the grid and, for groups, a line for each."""
        rows, columns = self.which.shape
        first = (self.layer, f"{rows} x {columns} places", counted(len(self.pictures), "picture"))
        if not self.grouping:
            return [first]
        return [
            (*first, f"{self.grouping.explained:.1%} explained"),
            *(
                (f"group {place}", f"{share:.0%} of the places")
                for place, share in enumerate(self.shares, 1)
            ),
        ]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``photo``, ``vectors``, ``pictures``, ``which``, and ``groups`` if there are."""
        return {
            "photo": self.photo,
            "vectors": self.vectors,
            "pictures": self.pictures,
            "which": self.which,
            **({"groups": self.grouping.vectors} if self.grouping else {}),
        }

    def info(self) -> dict[str, str]:
        """Return the provenance, as texts that are written into a saved file."""
        grouped = self.grouping
        return {
            "convscope": "grid",
            "layer": self.layer,
            **({"count": str(grouped.asked)} if grouped else {}),
            "seed": str(self.seed),
            "size": f"{self.size[0]}x{self.size[1]}",
            "top": classes_text(self.top),
            **({"explained": f"{grouped.explained:.4f}"} if grouped else {}),
            **self.source,
        }

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers and names."""
        box = self.region
        return {
            **self.info(),
            "top": classes_record(self.top),
            "rows": self.which.shape[0],
            "columns": self.which.shape[1],
            "region": [box.top, box.left, box.bottom, box.right],
            "lengths": self.lengths.tolist(),
            "which": self.which.tolist(),
            "explained": self.grouping.explained if self.grouping else None,
        }

    def _brief(self) -> str:
        rows, columns = self.which.shape
        shown = "group" if self.grouping else "picture"
        return (
            f"of {self.layer} in {self.network}: {rows} x {columns} places, "
            f"{counted(len(self.pictures), shown)}"
        )
