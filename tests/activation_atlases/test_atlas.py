"""The map as a whole: cells of one colour look for it and speak for its class."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from convscope.activation_atlases.atlas import activation_atlas
from convscope.errors import InputError, MissingExtra, UnknownName
from convscope.images import read_info
from tests.activation_atlases.conftest import COUNT, MARKUP
from tests.drawing.extents import all_words, assert_all_text_inside
from tests.missing import hidden


@pytest.fixture(scope="module")
def layout():
    """Red at the top left, green at the top right, blue at the bottom right: no UMAP."""

    def layout(vectors, seed):
        corner = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8]])[vectors.argmax(axis=1)]
        return corner + 0.01 * vectors[:, :2]

    return layout


@pytest.fixture
def placed(monkeypatch, layout):
    monkeypatch.setattr("convscope.activation_atlases.atlas.lay_out", layout)
    monkeypatch.setattr("convscope.activation_atlases.atlas.refuse_if_missing", lambda: None)


@pytest.fixture(scope="module")
def found(network, photos, layout):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("convscope.activation_atlases.atlas.lay_out", layout)
        patch.setattr("convscope.activation_atlases.atlas.refuse_if_missing", lambda: None)
        return activation_atlas(network, photos, "conv", sides=(4, 2), steps=24)


def test_a_cell_looks_for_its_colour_and_speaks_for_its_class(found):
    painted = found.levels[0]
    assert [each.level.side for each in found.levels] == [2, 4]
    assert painted.level.places == [(0, 0), (0, 1), (1, 1)]
    for color, (picture, label) in enumerate(
        zip(painted.pictures, (MARKUP, "green", "blue"), strict=True)
    ):
        assert picture.mean(axis=(0, 1)).argmax() == color
        assert painted.speaks_for(color, found.classes)[0][0] == label
        strongest = painted.speaks_for(color, found.classes)[0][1]
        assert strongest == pytest.approx(painted.level.vectors[color, color], rel=1e-3)
    assert painted.level.counts.tolist() == [COUNT // 3] * 3


def test_the_figure_has_all_levels(found):
    figure = found.figure()
    words = all_words(figure)
    assert "2 x 2 cells" in words
    assert "4 x 4 cells" in words
    assert "green" in words
    assert "30 responses of conv, each at a random place of one of 31 photos" in words
    assert_all_text_inside(figure)


def data(page):
    """What the script of data calls its function with."""
    text = (page.parent / "data" / "map.js").read_text("ascii")
    return json.loads(re.fullmatch(r"showMap[(](.*)[)];", text.strip())[1])


@pytest.fixture(scope="module")
def page(found, tmp_path_factory):
    pytest.importorskip("pyarrow", reason="pyarrow, of the extra map, is not installed")
    return found.export(tmp_path_factory.mktemp("map"))


def test_the_page_has_every_cell_and_its_photos(page):
    two, four = data(page)["levels"]
    assert (two["side"], four["side"]) == (2, 4)
    row, column, count, effects, photos = two["cells"][1]
    assert (row, column, count) == (0, 1, 10)
    assert effects[0][0] == "green"
    assert {int(name.removesuffix(".png")) % 3 for name in photos} == {1}
    assert (page.parent / two["sheet"]).is_file()
    assert read_info(page.parent / "map.png")["layer"] == "conv"


def test_the_points_are_a_table(page, found):
    from pyarrow import parquet

    table = parquet.read_table(page.parent / "points.parquet")
    rows = table.to_pylist()
    assert len(rows) == COUNT
    assert rows[0]["photo"] == "00.png"
    assert (rows[0]["row"], rows[0]["column"]) == tuple(found.places[0])
    assert (rows[2]["cell_2x2"], rows[2]["cell_4x4"]) == (3, 15)
    assert (rows[2]["x"], rows[2]["y"]) == pytest.approx(found.points[2])
    assert table.schema.metadata[b"layer"] == b"conv"


def test_texts_are_never_markup_and_nothing_is_fetched(page):
    script = (page.parent / "map.js").read_text("utf-8")
    for path in [page, page.parent / "data" / "map.js"]:
        assert "<img" not in path.read_text("utf-8")
    assert data(page)["levels"][0]["cells"][0][3][0][0] == MARKUP
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "fetch("):
        assert word not in script
    whole = page.read_text("utf-8") + script
    assert "default-src 'none'" in whole
    assert not re.search(r"https?://", whole)


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


def opened(page, end, tmp_path):
    """The page's elements as they are when a browser has opened it from the disk."""
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000"]
    done = subprocess.run(
        [BROWSER, *words, f"--user-data-dir={tmp_path}", "--dump-dom", page.as_uri() + end],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_a_browser_opens_the_page_from_the_disk(page, tmp_path):
    shown = opened(page, "#0-0", tmp_path)
    assert shown.count('class="shown"') == 3
    assert "Row 1, column 1 of 2 x 2" in shown
    assert "&lt;img src=x" in shown
    assert '<img src="x"' not in shown


# What a person does, one thing after the other, and what the map then shows.
DONE = """
const said = [];
const box = map.getBoundingClientRect();
const say = () =>
  said.push([view.scale.toFixed(2), view.left.toFixed(2), levels[shown].side, chosen]);
const at_ = (x, more) =>
  ({ ...more, clientX: box.left + x * box.width, clientY: box.top, bubbles: true });
const press = (key) => map.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const twice = -400 * Math.log(2);
map.dispatchEvent(new WheelEvent("wheel", at_(0.5, { deltaY: twice, cancelable: true }))); say();
map.dispatchEvent(new PointerEvent("pointerdown", at_(0.5, { pointerId: 1 })));
window.dispatchEvent(new PointerEvent("pointermove", at_(0.4, { pointerId: 1 })));
window.dispatchEvent(new PointerEvent("pointerup", at_(0.4, { pointerId: 1 }))); say();
press("0"); say();
press("ArrowLeft"); press("ArrowRight"); say();
map.dispatchEvent(new PointerEvent("pointerdown", at_(0.4, { pointerId: 1 })));
map.dispatchEvent(new PointerEvent("pointerdown", at_(0.6, { pointerId: 2 })));
window.dispatchEvent(new PointerEvent("pointermove", at_(0.8, { pointerId: 2 }))); say();
document.title = JSON.stringify(said);
"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_the_map_follows_wheel_drag_keys_and_pinch(page, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(page.parent, copy)
    (copy / "data" / "map.js").write_text((copy / "data" / "map.js").read_text() + DONE)
    shown = opened(copy / "index.html", "", tmp_path / "browser")
    wheel, drag, zero, keys, pinch = json.loads(re.search("<title>(.*)</title>", shown)[1])
    assert wheel == ["2.00", "-0.50", 4, None]
    assert drag == ["2.00", "-0.60", 4, None]
    assert zero == ["1.00", "0.00", 2, None]
    assert keys == ["1.00", "0.00", 2, [0, 1]]
    assert (pinch[0], pinch[2]) == ("2.00", 4)


def test_a_later_map_replaces_an_earlier_one_and_nothing_else(found, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow, of the extra map, is not installed")
    from dataclasses import replace

    out = tmp_path / "map"
    found.export(out)
    (out / "pictures" / "mine.jpg").write_text("mine")
    replace(found, levels=found.levels[:1]).export(out)
    assert sorted(path.name for path in out.glob("pictures/*")) == ["cells-2.jpg", "mine.jpg"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("mine")
    with pytest.raises(InputError, match="an earlier export. Received:.*index.html"):
        found.export(other)
    assert [path.name for path in other.iterdir()] == ["index.html"]


def test_without_pyarrow_nothing_is_written(found, tmp_path, monkeypatch):
    hidden(monkeypatch, "pyarrow")
    with pytest.raises(MissingExtra, match=r"pyarrow.*convscope\[map\]"):
        found.export(tmp_path / "map")
    assert not (tmp_path / "map").exists()


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"layer": "mean"}, InputError, "a layer with rows and columns"),
        ({"layer": "konv"}, UnknownName, "Did you mean 'conv'"),
        ({"sides": (1,)}, InputError, "each of sides to be a whole number from 2 to 32"),
        ({"sides": ()}, InputError, "at least one level"),
        ({"per_photo": 37}, InputError, "per_photo to be a whole number from 1 to 36"),
        ({"least": 0}, InputError, "least to be a whole number from 1"),
        ({"steps": 0}, InputError, "steps to be a whole number from 1"),
        ({"least": 31}, InputError, "No cell has 31 of the 30 responses"),
    ],
)
def test_what_is_impossible_is_refused(placed, network, photos, settings, error, message):
    with pytest.raises(error, match=message):
        activation_atlas(network, photos, **{"layer": "conv", **settings})


def test_without_the_extra_nothing_is_measured(network, photos, monkeypatch):
    hidden(monkeypatch, "umap")
    with pytest.raises(MissingExtra, match=r"convscope\[map\]"):
        activation_atlas(network, photos, "conv")
