"""The pages: all units are in them, texts stay texts, and nothing of others is replaced."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from PIL import Image

from convscope.atlas.build import build_atlas
from convscope.atlas.export import EXPORTS, exported
from convscope.errors import InputError, UnknownName
from convscope.progress import silent
from tests.atlas.conftest import SHORT

MARKUP = "<img src=x onerror=alert(1)>&\u2028"


@pytest.fixture
def atlas(own, tmp_path):
    named = replace(own, labels=(MARKUP, "tea"), name=MARKUP)
    return build_atlas(named, tmp_path / "atlas", evidence=["opposite", "seeds"], **SHORT)


def data(page, name):
    """What a script of data calls its function with."""
    text = (page.parent / "data" / name).read_text("ascii")
    return json.loads(f"[{re.fullmatch(r'[a-zA-Z]+[(](.*)[)];', text.strip())[1]}]")


def test_every_unit_has_its_tile_its_evidence_and_its_pictures(atlas, tmp_path):
    page = exported(atlas, "site", tmp_path / "site", silent)
    assert page == tmp_path / "site" / "index.html"
    (index,) = data(page, "index.js")
    assert [(layer["name"], len(layer["units"])) for layer in index["layers"]] == [
        *(("conv", 5), ("classes", 2))
    ]
    number, units = data(page, "layer-0.js")
    assert (number, len(units)) == (0, 5)
    assert [caption for caption, _ in units[0]["more"]] == [
        *("seed 1", "seed 2", "seed 3", "the opposite")
    ]
    keys = {key for unit in units for key in (unit["key"], *(key for _, key in unit["more"]))}
    assert all((page.parent / "pictures" / f"{key}.webp").is_file() for key in keys)
    with Image.open(page.parent / "sprites" / "layer-0-0.jpg") as sprite:
        assert sprite.size == (16 * 64, 64)
    assert units[0]["inputs"]["exciting"][0][0] == "red"
    assert "Response" in dict(units[0]["facts"])


def test_texts_are_never_markup(atlas, tmp_path):
    page = exported(atlas, "site", tmp_path / "site", silent)
    for path in [page, *page.parent.glob("data/*.js")]:
        assert "<img" not in path.read_text("utf-8")
    assert data(page, "index.js")[0]["layers"][1]["units"][0][1].endswith(f'"{MARKUP}"') or (
        MARKUP in data(page, "index.js")[0]["layers"][1]["units"][0][1]
    )
    script = (page.parent / "site.js").read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script
    assert "default-src 'none'" in page.read_text("utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page.read_text("utf-8") + script)


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_a_browser_opens_the_pages_from_the_disk(atlas, tmp_path):
    page = exported(atlas, "site", tmp_path / "site", silent)

    def opened(end):
        where = page.as_uri() + end
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000"]
        done = subprocess.run(
            [BROWSER, *words, f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", where],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    first = opened("")
    assert first.count('class="tile"') == 7
    assert "5 units" in first
    panel = opened("#classes%3A0")
    assert "<dt>Response</dt>" in panel
    assert "the opposite" in panel
    assert "Excited by conv" in panel
    assert '<img src="x"' not in panel  # a label with a tag in it is shown as text
    assert "&lt;img src=x" in panel
    found = opened("?find=tea")
    assert "Found: 1" in found
    assert found.count('class="tile"') == 1


def test_a_later_export_replaces_an_earlier_one(atlas, own, tmp_path):
    out = tmp_path / "site"
    page = exported(atlas, "site", out, silent)
    before = {path for path in out.rglob("*") if path.is_file()}
    (out / "pictures" / "mine.webp").write_text("mine")
    fewer = build_atlas(own, tmp_path / "fewer", "conv:0", **SHORT)
    exported(fewer, "site", out, silent)
    after = {path for path in out.rglob("*") if path.is_file()}
    assert len(list(out.glob("pictures/*"))) == 2
    assert (out / "pictures" / "mine.webp").read_text() == "mine"
    assert not (out / "data" / "layer-1.js").exists()
    assert page in after & before


def test_a_folder_with_something_else_in_it_is_refused(atlas, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "index.html").write_text("mine")
    for form in ("site", "dataset"):
        pytest.importorskip("pyarrow")
        with pytest.raises(InputError, match="an earlier export. Received:.*index.html"):
            exported(atlas, form, out, silent)
    assert [path.name for path in out.iterdir()] == ["index.html"]


def test_an_unknown_form_is_refused(atlas, tmp_path):
    with pytest.raises(UnknownName, match="No form of an atlas is called 'sight'"):
        exported(atlas, "sight", tmp_path / "x", silent)
    assert list(EXPORTS) == ["site", "csv", "dataset"]


def test_a_torn_picture_stops_the_export(atlas, tmp_path):
    path = next((atlas.folder / "pictures").rglob("*.webp"))
    path.write_bytes(b"")
    with pytest.raises(InputError, match="missing or torn"):
        exported(atlas, "site", tmp_path / "site", silent)
    assert not (tmp_path / "site" / "index.html").exists()
