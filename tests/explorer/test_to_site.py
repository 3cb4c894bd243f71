"""The pages on the disk are those of the server, and open without one."""

import base64
import hashlib
import html
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from convscope.atlas.atlas import read_atlas
from convscope.atlas.build import build_atlas
from convscope.errors import InputError, MissingExtra
from convscope.explorer.export import exported
from convscope.progress import silent
from tests.atlas.conftest import SHORT
from tests.atlas.stores import change
from tests.explorer.browser import SECONDS, WIDTHS, axe_source, chromium, findings
from tests.explorer.page_parts import Shown
from tests.missing import hidden

MARKUP = "<img src=x onerror=alert(1)>&\u2028"


@pytest.fixture(scope="module")
def atlas(network, tmp_path_factory):
    """An atlas of a network whose name and label are markup."""
    named = replace(network, labels=(MARKUP, "tea"), name=MARKUP)
    folder = tmp_path_factory.mktemp("atlas")
    return build_atlas(named, folder, evidence=["opposite", "seeds"], **SHORT)


@pytest.fixture(scope="module")
def site(atlas, tmp_path_factory):
    """Its pages, which no test changes."""
    return exported(atlas, "site", tmp_path_factory.mktemp("site"), silent).parent


def pages(folder):
    """The texts of all pages, by their paths."""
    found = folder.rglob("*.html")
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def test_there_is_a_page_of_each_layer_and_unit_and_every_link_leads_somewhere(site):
    found = pages(site)
    layers = ["layers/00-conv.html", "layers/01-classes.html"]
    units = [f"units/00-conv-{number}.html" for number in range(5)]
    units += [f"units/01-classes-{number}.html" for number in range(2)]
    assert sorted(found) == ["index.html", *layers, *units]
    led = set()
    for name, text in found.items():
        for link in filter(lambda link: not link.startswith("#"), Shown(text).links):
            target = (site / name).parent / unquote(link)
            assert target.is_file(), (name, link)
            led.add(target.resolve())
    assert led == {path.resolve() for path in site.rglob("*") if path.is_file()}


def served(explorer, path, text):
    """The page of the server that shows the same as one on the disk."""
    if path == "index.html":
        return explorer.get("/").text
    kind, name = re.search(r"(layer|unit)s/\d\d-(.*)\.html", path).groups()
    name = name if kind == "layer" else ":".join(name.rsplit("-", 1))
    return explorer.get(f"/{kind}/{name}").text


def test_the_pages_are_those_of_the_server(explorer, tmp_path):
    for layer in ("conv", "classes"):
        explorer.finished(explorer.post("/api/layers", {"layer": layer}))
    body = {"units": ["conv:0"], "evidence": ["opposite", "seeds"]}
    explorer.finished(explorer.post("/api/units", body))
    atlas = read_atlas(explorer.studio.loaded.atlas)
    found = pages(exported(atlas, "site", tmp_path / "site", silent).parent)
    assert len(found) == 10
    for path, text in found.items():
        one, other = (Shown(each).parts for each in (text, served(explorer, path, text)))
        if path == "index.html":  # says how many there are, where the other says how many yet
            differs = re.compile("picture|other units")
            one, other = (
                [part for part in some if not differs.search(str(part[1]))] for some in (one, other)
            )
        if path.startswith("units"):  # what is not made is not promised
            other = [part for part in other if "not made yet" not in str(part)]
            captions = ("the opposite", "seed 1", "seed 2", "seed 3")
            if "conv-0" not in path:
                other = [part for part in other if part[1] not in captions]
        assert one == other, path
        assert one, path


def test_texts_are_never_markup_and_a_page_runs_its_own_script_alone(site):
    for text in pages(site).values():
        assert "<img src=x" not in text
        assert not re.search(r"https?://|url\(|@import|fetch|import |innerHTML|eval\(", text)
        (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = re.search(r'content="(default-src[^"]*)"', text)[1]
        assert f"script-src 'sha256-{digest}'" in html.unescape(policy)
        assert "default-src 'none'" in html.unescape(policy)
        assert "<button" not in re.sub(r"<button[^>]*(hidden|data-close)[^>]*>", "", text)
    assert html.escape(MARKUP) in pages(site)["layers/01-classes.html"]
    assert not re.search(r"https?://|@import|url\(", (site / "site.css").read_text("utf-8"))


def test_a_later_export_replaces_an_earlier_one(atlas, network, tmp_path):
    out = tmp_path / "site"
    page = exported(atlas, "site", out, silent)
    before = {path for path in out.rglob("*") if path.is_file()}
    (out / "pictures" / "mine.webp").write_text("mine")
    (out / "units" / "mine.html").write_text("mine")
    for old in ("data/index.js", "data/layer-1.js", "sprites/layer-0-0.jpg"):  # before these pages
        (out / old).parent.mkdir(exist_ok=True)
        (out / old).write_text("old")
    fewer = build_atlas(network, tmp_path / "fewer", "conv:0", **SHORT)
    exported(fewer, "site", out, silent)
    after = {path for path in out.rglob("*") if path.is_file()}
    assert len(list(out.glob("pictures/*"))) == 2
    assert (out / "pictures" / "mine.webp").read_text() == "mine"
    assert sorted(pages(out)) == [
        *("index.html", "layers/00-conv.html", "units/00-conv-0.html", "units/mine.html")
    ]
    assert not [path for path in after if path.suffix in (".js", ".jpg")]
    assert page in after & before


def test_a_folder_with_something_else_in_it_is_refused(atlas, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "index.html").write_text("mine")
    with pytest.raises(InputError, match="an earlier export. Received:.*index.html"):
        exported(atlas, "site", out, silent)
    assert [path.name for path in out.iterdir()] == ["index.html"]


def test_a_torn_picture_stops_the_export(network, tmp_path):
    atlas = build_atlas(network, tmp_path / "atlas", "conv:0", **SHORT)
    path = next((atlas.folder / "pictures").rglob("*.webp"))
    path.write_bytes(b"")
    with pytest.raises(InputError, match="missing or torn"):
        exported(atlas, "site", tmp_path / "site", silent)
    assert not (tmp_path / "site" / "index.html").exists()


def test_without_jinja_the_extra_is_named(atlas, tmp_path, monkeypatch):
    hidden(monkeypatch, "jinja2")
    with pytest.raises(MissingExtra, match="explore"):
        exported(atlas, "site", tmp_path / "site", silent)
    assert not (tmp_path / "site").exists()


def test_any_unit_of_an_atlas_has_a_page(network, tmp_path):
    """A neuron, an opposite alone, and pictures that begin with another seed."""
    folder = tmp_path / "atlas"
    build_atlas(network, folder, "conv:1@center", "-conv:2", **SHORT)
    atlas = build_atlas(network, folder, "conv:3", seed=7, **SHORT)
    found = pages(exported(atlas, "site", tmp_path / "site", silent).parent)
    units = {name: Shown(text) for name, text in found.items() if name.startswith("units")}
    assert sorted(units) == [
        *("units/00-conv-1-at-center.html", "units/00-conv-3.html", "units/00-minus-conv-2.html")
    ]
    for shown in units.values():
        assert [part for part in shown.parts if part[0] == "img"]
    assert (
        len([part for part in Shown(found["layers/00-conv.html"]).parts if part[0] == "img"]) == 3
    )


def test_an_atlas_of_an_earlier_version_is_exported(network, tmp_path):
    atlas = build_atlas(network, tmp_path / "atlas", "conv:0", "classes:*", **SHORT)
    change(atlas.folder, "UPDATE editions SET record = json_remove(record, '$.about')")
    found = pages(exported(read_atlas(atlas.folder), "site", tmp_path / "site", silent).parent)
    assert "2 units." in found["index.html"]
    assert "places" not in found["index.html"]
    assert "classes:ruby" in found["units/01-classes-0.html"]


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def opened(browser):
    """Pages from the disk, that fail a test on any error and on any request beyond the disk."""
    errors, requests = [], []
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SECONDS)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda text: errors.append(text.text) if text.type == "error" else None)
    page.on("requestfailed", lambda request: errors.append(request.url))
    page.on("request", lambda request: requests.append(request.url))
    yield page
    context.close()
    assert errors == []
    assert all(request.startswith("file:") for request in requests)


def test_a_browser_opens_every_kind_of_page_at_every_width(opened, site):
    source, found = axe_source(), []
    for name in ("index.html", "layers/00-conv.html", "units/01-classes-0.html"):
        opened.goto((site / name).as_uri())
        for scheme, width in zip(("light", "dark", "dark"), WIDTHS, strict=True):
            opened.emulate_media(color_scheme=scheme)
            opened.set_viewport_size({"width": width, "height": 900})
            wide = opened.evaluate("document.documentElement.scrollWidth")
            found += [f"{name} is {wide} px wide"] if wide > width else []
            if width != 768:
                found += [
                    f"{name}, {width} px: {each}"
                    for each in findings(opened, source, preload=False)
                ]
    assert found == []


def test_units_are_found_and_sorted_without_a_server(opened, site):
    opened.goto((site / "layers" / "01-classes.html").as_uri())
    opened.keyboard.press("/")
    opened.keyboard.type("tea")
    tiles = opened.locator("#units .tile:visible")
    assert tiles.count() == 1
    opened.locator("#search").fill("nothing")
    assert (tiles.count(), opened.locator("#none").is_visible()) == (0, True)
    opened.goto((site / "layers" / "00-conv.html").as_uri())
    before = opened.locator("#units .name").all_inner_texts()
    opened.locator("[data-sort=similarity]").click()
    after = opened.locator("#units .name").all_inner_texts()
    assert before == ["0", "1", "2", "3", "4"]
    assert sorted(after) == before != after
    opened.locator("#units .tile").first.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    opened.wait_for_url(f"**/00-conv-{after[1]}.html")
    opened.keyboard.press("k" if after[1] != "0" else "j")
    opened.wait_for_url(f"**/00-conv-{int(after[1]) - 1 if after[1] != '0' else 1}.html")


def test_pages_read_without_a_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(Path(site / "layers" / "00-conv.html").as_uri())
    assert page.locator("#units .tile:visible").count() == 5
    assert page.locator("button:visible, input:visible").count() == 0
    context.close()
