"""The page: everything on it, nothing fetched, nothing lost when interrupted."""

from html.parser import HTMLParser

import pytest

from convscope import pictures, tour
from convscope.errors import InputError
from convscope.maximize import Recipe
from convscope.models.embedded import NETWORKS
from convscope.tour import chapters
from convscope.tour.chapters import CHAPTERS, Tour
from convscope.tour.page import Chapter, Row, Shown, render

DOT = b"\x89PNG"


@pytest.fixture
def quick(monkeypatch):
    """Two steps a climb and a unit a layer: the same page, sooner."""
    monkeypatch.setattr(Recipe, "__init__", _with_few_steps(Recipe.__init__))
    monkeypatch.setattr(chapters, "UNITS_A_LAYER", 1)
    monkeypatch.setattr(chapters, "CLASSES", ("bee",))
    monkeypatch.setattr(chapters, "METHODS", ("grad-cam",))


def _with_few_steps(original):
    def init(self, *args, **settings):
        original(self, *args, **{**settings, "steps": 2})

    return init


class Page(HTMLParser):
    """The addresses and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.links, self.ids, self.tags, self.words = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.tags.append(tag)
        self.sources += [named["src"]] if "src" in named else []
        self.links += [named["href"]] if "href" in named else []
        self.ids += [named["id"]] if "id" in named else []

    def handle_data(self, data):
        self.words.append(data)


def test_the_tour_shows_every_layer_and_needs_nothing_else(quick, tmp_path):
    told = []
    index = tour.make(tmp_path / "tour", progress=lambda title, share: told.append(share))
    page = Page(index.read_text(encoding="utf-8"))
    text = " ".join(page.words)
    for block, count in [("block1", 2), ("block2", 2), ("block3", 3), ("block4", 3), ("block5", 3)]:
        for number in range(1, count + 1):
            assert f"{block}_conv{number}:" in text
    assert "reach" in text
    assert "bee" in text
    assert "sports car" in text
    assert all(source.startswith("data:image/") for source in page.sources)
    assert "script" not in page.tags
    assert [link.lstrip("#") for link in page.links] == page.ids
    assert len(page.ids) == len(CHAPTERS)
    assert told == sorted(told)
    assert told[-1] == 1.0
    saved = sorted((tmp_path / "tour" / "pictures").glob("block1_conv1-*.png"))
    assert pictures.read_info(saved[0])["convscope"] == "maximize"
    for name in NETWORKS:  # the same units of each, in files of their own
        assert f"{name}: channels of {chapters.TWINS}" in text
        assert (tmp_path / "tour" / "pictures" / f"{name}-predictions-38.png").exists()


def test_an_interrupted_tour_keeps_its_finished_chapters(monkeypatch, tmp_path):
    def first(tour, tell):
        return Chapter("One", "Done.", [Row("", [Shown("dot.png", DOT, "a dot")])])

    def second(tour, tell):
        raise KeyboardInterrupt

    monkeypatch.setattr("convscope.tour.verb.CHAPTERS", {first: 0.5, second: 0.5})
    with pytest.raises(KeyboardInterrupt):
        tour.make(tmp_path)
    assert "a dot" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (tmp_path / "pictures" / "dot.png").read_bytes() == DOT


def test_a_file_is_no_place_for_a_tour(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="Expected a folder"):
        tour.make(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_units_are_drawn_differently_for_each_layer_and_again_the_same():
    from convscope import load

    visit = Tour(load(), (), seed=1)
    one, two = (visit.drawn(f"block5_conv{number}") for number in (1, 2))
    assert [unit.split(":")[1] for unit in one] != [unit.split(":")[1] for unit in two]
    assert one == Tour(visit.network, (), seed=1).drawn("block5_conv1")


def test_texts_are_escaped():
    shown = Shown("x.png", DOT, 'a "<b>"', "1 < 2")
    text = render("T & U", "<i>", [Chapter("A <b>", "p < q", [Row("<h>", [shown])])], "f > g")
    page = Page(text)
    assert {"b", "i", "h"}.isdisjoint(page.tags)
    assert {"A <b>", "p < q", 'a "<b>"', "1 < 2", "<i>", "f > g"} <= set(page.words)
