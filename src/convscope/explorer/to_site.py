"""An atlas as the explorer's pages, in files that open from the disk, without a server."""

import base64
import hashlib
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from convscope import files
from convscope.atlas.atlas import Atlas
from convscope.atlas.store import Store
from convscope.drawing.style import palette_css
from convscope.errors import need
from convscope.explorer.exported import Exported
from convscope.explorer.first_page import first_page
from convscope.explorer.layer_page import layer_page, orders
from convscope.explorer.links import Relative
from convscope.explorer.listening import EXTRA
from convscope.explorer.unit_page import unit_page
from convscope.networks.units import Unit
from convscope.progress import Progress
from convscope.version import VERSION

SIGNED = "Made by Convscope "  # in the foot of each page
MADE = re.compile(
    r"layers/\d{2,}-[^/]+\.html|units/\d{2,}-[^/]+\.html|pictures/[0-9a-f]{32}\.webp"
    # What the pages of earlier versions had.
    r"|data/(index|layer-\d+)\.js|sprites/layer-\d+-\d+\.jpg"
)
STEM = 50  # letters of a unit in the name of its page: a disk takes no endless names


def to_site(atlas: Atlas, out: Path, progress: Progress) -> Path:
    """Write the pages of an atlas into a folder, and return the path of the first one.

    They are the explorer's pages of the network, of its layers and of its units, without what only
    a server can do, and hold no photos.

    Raises:
        InputError: the folder has files that are not from such an export, or a picture is torn.
        MissingExtra: Jinja2 is not installed.
        OutputError: a file cannot be written.
    """
    need("jinja2", EXTRA)
    before = files.exported_before(out, SIGNED, MADE)
    written: set[str] = set()

    def put(name: str, data: bytes) -> None:
        files.put(out / name, data)
        written.add(name)

    with Store(atlas.folder) as store:
        subject = Exported.of(store, atlas)
        total = sum(map(len, subject.layers.values()))
        done = 0
        for layer, units in subject.layers.items():
            for unit in units:
                for entry in (unit.entry, *(entry for _, entry in unit.more)):
                    put(f"pictures/{entry.key}.webp", store.picture(entry))
                done += 1
                progress(0.4 * done / total, f"Writing the pictures of {layer}")
        put("site.css", (palette_css() + _file("explorer.css")).encode())
        put("icon.svg", _file("icon.svg").encode())
        for number, (name, text) in enumerate(_pages(subject)):
            progress(0.4 + 0.6 * number / (total + len(subject.layers) + 1), "Writing the pages")
            put(name, text.encode())
    for name in before - written:
        (out / name).unlink(missing_ok=True)
    return out / "index.html"


def _pages(subject: Exported) -> Iterator[tuple[str, str]]:
    """Yield the path of each page and its text; the first page comes last."""
    from convscope.explorer.templates import rendered

    pages = _paths(subject)
    script = _file("exported.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    edition = subject.edition
    shared = {
        "network": subject.description,
        "model": edition.network,
        "script": script,
        "digest": digest,
        "signed": f"{SIGNED}{VERSION}",
        "edition": f"edition {subject.atlas.name}, {edition.shown_size}, {edition.versions}",
    }

    def page(template: str, above: str, **values: Any) -> str:
        return rendered(template, Relative(pages, above), **{**shared, **values})

    for layer in subject.order:
        for unit in subject.units(layer):
            values = unit_page(subject, subject, unit)
            yield pages[f"unit {unit}"], page("unit.html", "../", **values)
        values, words = layer_page(subject, subject, layer, {}), _words(subject, layer)
        told = {**orders(subject, subject, layer), "words": words}
        values |= {"told": told, "worded": bool(words)}
        yield pages[f"layer {layer}"], page("layer.html", "../", **values)
    yield "index.html", page("first.html", "", **first_page(subject, subject, {}))


def _paths(subject: Exported) -> dict[str, str]:
    """Return the path of the page of each layer and unit, with a name that any disk takes."""
    found: dict[str, str] = {}
    for number, layer in enumerate(subject.order):
        found[f"layer {layer}"] = f"layers/{number:02}-{Unit(layer).stem[:STEM]}.html"
        for unit in subject.units(layer):
            stem = unit.stem
            if len(stem) > STEM:
                stem = f"{stem[:STEM]}-{subject.edition.key(unit, 0)[:8]}"
            found[f"unit {unit}"] = f"units/{number:02}-{stem}.html"
    return found


def _words(subject: Exported, layer: str) -> dict[str, str]:
    """Return what the units of a layer separate best, to be searched, by address."""
    found = {}
    for entry in subject.entries(subject.edition.name, layer):
        high = (entry.evidence.get("words") or {}).get("high")
        if high:
            phrases = (high["pair"], high["label"], high["next"])
            found[str(entry.unit)] = "; ".join(each["text"] for each in phrases if each)
    return found


def _file(name: str) -> str:
    """Return a file that pages are made with."""
    found = resources.files("convscope.explorer").joinpath("static", name)
    return found.read_text(encoding="utf-8")
