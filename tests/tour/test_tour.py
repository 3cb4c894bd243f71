"""The page: everything on it, nothing fetched, nothing lost when interrupted."""

import json
from html.parser import HTMLParser

import pytest

from convscope import images
from convscope.errors import InputError
from convscope.networks.loading.embedded import NETWORKS
from convscope.tour import (
    tour,
    training_chapters,
)
from convscope.tour.chapters import CHAPTERS
from convscope.tour.context import Extent, Tour
from convscope.tour.page import Chapter, Row, Shown, render

DOT = b"\x89PNG"
VIEWS = {
    "layers-coffee.png": "layers",
    "story-coffee.png": "story",
    "place-coffee.png": "dictionary",
    "factors-coffee.png": "factors",
    "weights-espresso.png": "weights",
    "why-coffee.png": "attributions",
    "mistake-chelsea.png": "attributions",
    "belief-coffee.png": "evaluation",
}


# Two steps an ascent and a unit a layer: the same page, sooner.
QUICK = Extent(
    units=1,
    classes=("bee",),
    methods=("grad-cam", "gradient"),
    late=1,
    channels=(1, 1),
    connections=1,
    steps=2,
)


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


def test_the_tour_shows_every_layer_and_needs_nothing_else(tmp_path):
    reports = []
    index = tour.make(
        tmp_path / "tour", extent=QUICK, progress=lambda share, title: reports.append(share)
    )
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
    assert reports == sorted(reports)
    assert reports[-1] == 1.0
    kept = tmp_path / "tour" / "pictures"
    (unit,) = kept.glob("block1_conv1-*.png")
    assert images.read_info(unit)["convscope"] == "maximize"
    for name, what in VIEWS.items():
        assert images.read_info(kept / name)["convscope"] == what
    for name in NETWORKS:  # the same units of each, in files of their own
        assert f"{name}: channels of {training_chapters.TWINS}" in text
        assert (kept / f"{name}-predictions-38.png").exists()
    assert (kept / training_chapters.FILM.name).read_bytes() == training_chapters.FILM.read_bytes()
    assert sum(CHAPTERS.values()) == pytest.approx(1)


def test_the_network_names_the_coffee_right_and_the_cat_wrong_as_the_texts_say():
    from convscope import load
    from convscope.activation.activations import activations
    from convscope.datasets.sample_photos import CAT, CAT_LABEL, COFFEE

    _, label, share = activations(load(), COFFEE).top[0]
    assert (label, share > 0.5) == ("espresso", True)
    ranked = activations(load(), CAT).top
    assert ranked[0][1] not in {"tabby", "Egyptian cat", "Persian cat"}
    assert ranked[0][2] < 0.25
    assert CAT_LABEL in load().labels


def test_a_layer_is_settled_once_it_stays_like_its_end(monkeypatch, tmp_path):
    film = tmp_path / "film.webp"
    monkeypatch.setattr(training_chapters, "FILM", film)
    layers = {"early": [0.95, 0.97, 0.99, 1.0], "late": [0.1, 0.92, 0.5, 1.0]}
    record = {"settling": {"moments": [0, 10, 50, 100], "layers": layers, "pictures": "ours"}}
    (tmp_path / "film.webp.json").write_text(json.dumps(record))
    assert training_chapters.settling() == {"early": 0.0, "late": 1.0}


def test_an_interrupted_tour_keeps_its_finished_chapters(tmp_path):
    def first(tour, tell):
        return Chapter("One", "Done.", [Row("", [Shown("dot.png", DOT, "a dot")])])

    def second(tour, tell):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tour.make(tmp_path, chapters={first: 0.5, second: 0.5})
    assert "a dot" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (tmp_path / "pictures" / "dot.png").read_bytes() == DOT


def test_a_file_is_no_place_for_a_tour(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="Expected a folder"):
        tour.make(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_units_are_drawn_differently_for_each_layer_and_again_the_same():
    from convscope import load

    first = Tour(load(), (), seed=1)
    one, two = (first.drawn(f"block5_conv{number}") for number in (1, 2))
    assert [unit.split(":")[1] for unit in one] != [unit.split(":")[1] for unit in two]
    assert one == Tour(first.network, (), seed=1).drawn("block5_conv1")


def test_texts_are_escaped():
    shown = Shown("x.png", DOT, 'a "<b>"', "1 < 2")
    text = render("T & U", "<i>", [Chapter("A <b>", "p < q", [Row("<h>", [shown])])], "f > g")
    page = Page(text)
    assert {"b", "i", "h"}.isdisjoint(page.tags)
    assert {"A <b>", "p < q", 'a "<b>"', "1 < 2", "<i>", "f > g"} <= set(page.words)
