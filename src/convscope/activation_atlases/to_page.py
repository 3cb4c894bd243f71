"""A map as a page that opens from the disk, with its picture and its points beside it."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import drawing, files, images
from convscope.activation_atlases.to_parquet import to_parquet
from convscope.brief import Brief
from convscope.drawing.style import palette_css
from convscope.images import Picture
from convscope.version import VERSION

if TYPE_CHECKING:
    from convscope.drawing import Figure

TILE = 96  # pixels of the longer side of a cell's picture, at the most
SIGNED = "Map made by Convscope "  # in the foot of the page
MADE = re.compile(r"data/map\.js|pictures/cells-\d+\.jpg")
CAVEAT = (
    "A map shows what is frequent in these photos. Distances between far parts of it mean little, "
    "and the picture of a mean response may show what no single photo has."
)


@dataclass(frozen=True)
class PageCell:
    """A painted cell.

    Args:
        place: its row and column.
        count: how many responses it has.
        classes: those that it speaks for, with its mean effect on each.
        photos: the names of some photos.
    """

    place: tuple[int, int]
    count: int
    classes: Sequence[tuple[str, float]]
    photos: Sequence[str]


@dataclass(frozen=True, eq=False)
class PageLevel(Brief):
    """A level of the map: ``side`` cells along each axis, and those that are painted.

    ``pictures`` are (m, height, width, channels) in [0, 1], one of each painted cell.
    """

    side: int
    cells: Sequence[PageCell]
    pictures: Picture


@dataclass(frozen=True)
class PageTexts:
    """What is written on the page: its title, the notes above the map, and what it was made of."""

    title: str
    notes: Sequence[str]
    origin: str


def to_page(
    out: Path,
    levels: Sequence[PageLevel],
    texts: PageTexts,
    figure: Callable[[], "Figure"],
    columns: Mapping[str, Sequence[Any]],
    info: Mapping[str, str],
) -> Path:
    """Write the page of a map into a folder, and return its path.

    The page is written last, so that a folder without it is known to be unfinished.

    Args:
        out: the folder.
        levels: the map, cut into few cells and into more.
        texts: of the page.
        figure: returns the picture of the map.
        columns: the table of its points.
        info: the provenance, which is written into the picture and the table.

    Raises:
        MissingExtra: the extra 'map' is not installed.
        InputError: the folder has files that are not from such an export.
        OutputError: a file cannot be written.
    """
    points = to_parquet(columns, info)
    before = files.exported_before(out, SIGNED, MADE)
    written = {"data/map.js"}
    told = []
    for level in levels:
        name = f"pictures/cells-{level.side}.jpg"
        tiles = [_small(picture) for picture in level.pictures]
        across = max(1, int(np.ceil(np.sqrt(len(tiles)))))
        if tiles:
            sheet = images.sheet(tiles, across, gap=0)
            files.put(out / name, images.encode_jpeg(_colors(sheet)))
            written.add(name)
        told.append(_told(level, name, across))
    files.put(out / "data" / "map.js", _call("showMap", {"levels": told}))
    files.put(out / "points.parquet", points)
    drawing.save(figure(), out / "map.png", info)
    files.put_text(out / "map.css", palette_css() + _file("map.css"))
    files.put_text(out / "map.js", _file("map.js"))
    files.put_text(out / "index.html", _page(texts))
    for name in before - written:
        (out / name).unlink(missing_ok=True)
    return out / "index.html"


def ready(out: Path) -> Path:
    """Return a folder that a map can be written into.

    Raises:
        InputError: the folder has files that are not from such an export.
        OutputError: nothing can be written there.
    """
    files.exported_before(out, SIGNED, MADE)
    return out


def _told(level: PageLevel, name: str, across: int) -> dict[str, Any]:
    """Return what the page needs of a level, whose pictures are ``across`` in a row of a sheet."""
    return {
        "side": level.side,
        "sheet": name,
        "columns": across,
        "rows": max(1, -(-len(level.cells) // across)),
        "cells": [
            [
                *cell.place,
                cell.count,
                [[label, f"{effect:.3g}"] for label, effect in cell.classes],
                list(cell.photos),
            ]
            for cell in level.cells
        ],
    }


def _small(picture: Picture) -> Picture:
    """Return a picture whose longer side has at most ``TILE`` pixels, as a square tile."""
    height, width = picture.shape[:2]
    scale = min(1.0, TILE / max(height, width))
    return images.resize(picture, (max(1, round(height * scale)), max(1, round(width * scale))))


def _colors(sheet: Picture) -> Picture:
    """Return a gray picture in three equal channels."""
    return sheet if sheet.shape[2] == 3 else np.repeat(sheet, 3, axis=2)


def _call(function: str, value: Any) -> bytes:
    """Return a script that calls a function of the page with plain data."""
    # Plain ASCII, and no < of a tag, whatever a label or a file's name has in it.
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return f"{function}({text});\n".replace("<", "\\u003c").encode("ascii")


def _page(texts: PageTexts) -> str:
    introduction, classes = texts.notes
    filled = {
        "title": texts.title,
        "introduction": introduction,
        "classes": classes,
        "caveat": CAVEAT,
        "foot": f"{SIGNED}{VERSION}: {texts.origin}",
    }
    page = Template(_file("index.html"))
    return page.substitute({name: html.escape(text) for name, text in filled.items()})


def _file(name: str) -> str:
    found = resources.files("convscope.activation_atlases").joinpath("page", name)
    return found.read_text(encoding="utf-8")
