"""An atlas as pages that open from the disk, without a server."""

import html
import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from convscope import files, images
from convscope.atlas.atlas import Atlas
from convscope.atlas.facts import facts
from convscope.atlas.layer_shares import LayerShare
from convscope.atlas.shown import Shown, shown
from convscope.atlas.similarity import by_similarity
from convscope.atlas.store import Store
from convscope.brief import counted
from convscope.drawing.style import palette_css
from convscope.images import Picture
from convscope.progress import Progress
from convscope.version import VERSION

TILE = 64  # pixels of the longer side of a small picture
COLUMNS, SHEET = 16, 1024  # small pictures in a row, and in one file
SIGNED = "Made by Convscope "  # in the foot of each page
MADE = re.compile(
    r"data/(index|layer-\d+)\.js|sprites/layer-\d+-\d+\.jpg|pictures/[0-9a-f]{32}\.webp"
)
CAVEAT = (
    "A channel is not a concept, and a high response does not prove meaning: a picture shows an "
    "extreme, not what a unit usually responds to. A unit in words is the label of photos that it "
    "separates best, and no detector of it. Connections by weights are the length of a "
    "kernel slice with the sign of its sum; a slice that has both signs is simplified by that."
)


def to_site(atlas: Atlas, out: Path, progress: Progress) -> Path:
    """Write pages of all units into a folder, and return the path of the first one.

    Raises:
        InputError: the folder has files that are not from such an export, or a picture is torn.
        OutputError: a file cannot be written.
    """
    before = files.exported_before(out, SIGNED, MADE)
    layers = shown(atlas)
    total, done = sum(map(len, layers.values())), 0
    written: set[str] = set()

    def put(name: str, data: bytes) -> None:
        files.put(out / name, data)
        written.add(name)

    index = []
    with Store(atlas.folder) as store:
        for number, (name, units) in enumerate(layers.items()):
            tiles: list[Picture] = []
            for unit in units:
                for entry in (unit.entry, *(entry for _, entry in unit.more)):
                    put(f"pictures/{entry.key}.webp", store.picture(entry))
                tiles.append(_small(images.decode(store.picture(unit.entry), unit.entry.label)))
                done += 1
                progress(done / total, f"Writing {name}")
            for sheet in range(0, len(tiles), SHEET):
                sprite = _sprite(tiles[sheet : sheet + SHEET], tiles[0].shape)
                put(f"sprites/layer-{number}-{sheet // SHEET}.jpg", images.encode_jpeg(sprite))
            put(f"data/layer-{number}.js", _call("atlasLayer", number, [_told(u) for u in units]))
            index.append(_indexed(name, units, tiles[0].shape))
    put("data/index.js", _call("atlasIndex", {"layers": index}))
    files.put_text(out / "site.css", palette_css() + _file("site.css"))
    files.put_text(out / "site.js", _file("site.js"))
    files.put_text(out / "index.html", _page(atlas, total))
    for name in before - written:
        (out / name).unlink(missing_ok=True)
    return out / "index.html"


def _indexed(name: str, units: Sequence[Shown], shape: tuple[int, ...]) -> dict[str, Any]:
    """Return what the first page needs of a layer."""
    reaches = [each.entry.reach for each in units]
    share = LayerShare.of(name, (each.entry for each in units))
    facts = [counted(len(units), "unit"), *([str(share)] if share else [])]
    return {
        "name": name,
        "caption": "; ".join(facts),
        "columns": COLUMNS,
        "sheet": SHEET,
        "height": shape[0],
        "width": shape[1],
        "similar": by_similarity([each.entry for each in units]),
        "units": [
            [str(each.entry.unit), each.entry.label, None if reach is None else round(reach, 3)]
            for each, reach in zip(units, reaches, strict=True)
        ],
    }


def _told(unit: Shown) -> dict[str, Any]:
    """Return what the panel of a unit needs."""
    evidence = unit.entry.evidence
    return {
        "key": unit.entry.key,
        "facts": facts(unit.entry),
        "note": evidence.get("note") or "",
        "history": evidence.get("history") or [],
        "why": evidence.get("why") or {},
        **{name: evidence.get(name) for name in ("inputs", "outputs", "nearest", "alike")},
        "more": [[caption, entry.key] for caption, entry in unit.more],
    }


def _small(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = TILE / max(height, width)
    return images.resize(picture, (max(1, round(height * scale)), max(1, round(width * scale))))


def _sprite(tiles: Sequence[Picture], shape: tuple[int, ...]) -> Picture:
    """Return small pictures of one shape as rows of ``COLUMNS``; what is smaller lies top left."""
    height, width = shape[:2]
    rows = -(-len(tiles) // COLUMNS)
    sheet = np.zeros((rows * height, COLUMNS * width, 3), "float32")
    for place, tile in enumerate(tiles):
        top, left = place // COLUMNS * height, place % COLUMNS * width
        part = tile[:height, :width]
        sheet[top : top + part.shape[0], left : left + part.shape[1]] = part
    return sheet


def _call(function: str, *values: Any) -> bytes:
    """Return a script that calls a function of the pages with plain data."""
    # Plain ASCII, and no < of a tag, whatever a label has in it.
    texts = (json.dumps(value, separators=(",", ":"), allow_nan=False) for value in values)
    return f"{function}({','.join(texts)});\n".replace("<", "\\u003c").encode("ascii")


def _page(atlas: Atlas, total: int) -> str:
    edition = atlas.edition
    natural = "There are no natural pictures to compare with"
    if edition.natural:
        natural = "Reach compares with natural pictures: 0 is their median, 1 the highest"
    introduction = (
        f"{counted(total, 'unit')}, each by the picture that excites it most, {edition.shown_size} "
        f"pixels, {counted(edition.recipe.steps, 'step')} of gradient ascent. {natural}. Choose a "
        "picture for its evidence; arrows lead to the next one, and / to the search."
    )
    texts = {
        "title": f"Atlas of {edition.network}",
        "introduction": introduction,
        "caveat": CAVEAT,
        "foot": f"{SIGNED}{VERSION}: edition {atlas.name} of {edition.network} ({edition.digest}), "
        f"{edition.versions}.",
    }
    page = Template(_file("index.html"))
    return page.substitute({name: html.escape(text) for name, text in texts.items()})


def _file(name: str) -> str:
    found = resources.files("convscope.atlas").joinpath("site", name)
    return found.read_text(encoding="utf-8")
