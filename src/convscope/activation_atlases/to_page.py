"""A map as a page that opens from the disk, with its picture and its points beside it."""

import html
import json
import re
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope import drawing, files, images
from convscope.activation_atlases.to_parquet import to_parquet
from convscope.errors import InputError
from convscope.images import Picture
from convscope.version import VERSION

if TYPE_CHECKING:
    from convscope.activation_atlases.result import ActivationAtlas, PaintedLevel

TILE = 96  # pixels of the longer side of a cell's picture, at the most
EXAMPLES = 4  # names of photos for each cell
SIGNED = "Map made by Convscope "  # in the foot of the page
MADE = re.compile(r"data/map\.js|pictures/cells-\d+\.jpg")
CAVEAT = (
    "A map shows what is frequent in these photos. Distances between far parts of it mean little, "
    "and the picture of a mean response may show what no single photo has."
)


def to_page(atlas: "ActivationAtlas", out: Path) -> Path:
    """Write the page of a map into a folder, and return its path.

    The page is written last, so that a folder without it is known to be unfinished.

    Raises:
        MissingExtra: the extra 'map' is not installed.
        InputError: the folder has files that are not from such an export.
        OutputError: a file cannot be written.
    """
    points = to_parquet(atlas.columns(), atlas.info())
    before = _former(out)
    written = {"data/map.js"}
    levels = []
    for painted in atlas.levels:
        name = f"pictures/cells-{painted.level.side}.jpg"
        tiles = [_small(picture) for picture in painted.pictures]
        columns = max(1, int(np.ceil(np.sqrt(len(tiles)))))
        if tiles:
            sheet = images.sheet(tiles, columns, gap=0)
            files.put(out / name, images.encode_jpeg(_colors(sheet)))
            written.add(name)
        levels.append(_told(atlas, painted, name, columns))
    files.put(out / "data" / "map.js", _call("showMap", {"levels": levels}))
    files.put(out / "points.parquet", points)
    drawing.save(atlas.figure(), out / "map.png", atlas.info())
    for name in ("map.css", "map.js"):
        files.put_text(out / name, _file(name))
    files.put_text(out / "index.html", _page(atlas))
    for name in before - written:
        (out / name).unlink(missing_ok=True)
    return out / "index.html"


def ready(out: Path) -> Path:
    """Return a folder that a map can be written into.

    Raises:
        InputError: the folder has files that are not from such an export.
        OutputError: nothing can be written there.
    """
    _former(out)
    return out


def _former(out: Path) -> set[str]:
    """Return the files of an earlier export in a folder; refuse one that has something else."""
    files.writable(out)
    if not out.is_dir() or not any(out.iterdir()):
        return set()
    page = out / "index.html"
    if not (
        page.is_file() and SIGNED in page.read_text(encoding="utf-8", errors="replace")[-2000:]
    ):
        raise InputError(
            f"Expected a new or empty folder, or an earlier map. Received: '{out}', which holds "
            f"'{min(each.name for each in out.iterdir())}'. Choose another one."
        )
    found = (path.relative_to(out).as_posix() for path in out.glob("*/*"))
    return {name for name in found if MADE.fullmatch(name)}


def _told(
    atlas: "ActivationAtlas", painted: "PaintedLevel", name: str, columns: int
) -> dict[str, Any]:
    """Return what the page needs of a level."""
    level = painted.level
    cells = []
    for place, (row, column) in enumerate(level.places):
        members = np.flatnonzero(level.cell == level.kept[place])
        # The photos nearest to the middle of the cell.
        middle = np.array([column + 0.5, row + 0.5]) / level.side
        order = np.argsort(np.linalg.norm(atlas.points[members] - middle, axis=1), kind="stable")
        names = dict.fromkeys(atlas.photos[members[each]] for each in order)
        effects = [
            [label, f"{effect:.3g}"] for label, effect in painted.speaks_for(place, atlas.classes)
        ]
        cells.append([row, column, int(level.counts[place]), effects, list(names)[:EXAMPLES]])
    rows = max(1, -(-len(cells) // columns))
    return {
        "side": level.side,
        "sheet": name,
        "columns": columns,
        "rows": rows,
        "cells": cells,
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


def _page(atlas: "ActivationAtlas") -> str:
    source = atlas.source
    texts = {
        "title": atlas.title,
        "introduction": atlas.notes[0],
        "classes": atlas.notes[1],
        "caveat": CAVEAT,
        "foot": f"{SIGNED}{VERSION}: {atlas.network} ({source['digest']}), seed {atlas.seed}, "
        f"{source['versions']}.",
    }
    return Template(_file("index.html")).substitute(
        {name: html.escape(text) for name, text in texts.items()}
    )


def _file(name: str) -> str:
    found = resources.files("convscope.activation_atlases").joinpath("page", name)
    return found.read_text(encoding="utf-8")
