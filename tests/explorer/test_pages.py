"""Pages: every state has one, texts of strangers are texts, and addresses are whole states."""

import threading
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from convscope.errors import ModelError
from convscope.explorer.app import create_app
from convscope.explorer.guard import Access
from tests.cards.nets import colours
from tests.explorer.conftest import HOST, parts

MARKUP = "<img src=x onerror=alert(1)>\"'&"


def opened(folder, **more):
    """A client of another explorer."""
    studio, jobs = parts(folder, **more)
    app = create_app(studio, jobs, Access.of("127.0.0.1", 8000))
    return studio, TestClient(app, base_url=f"http://{HOST}")


def ready(studio):
    """Wait until a network is loaded, or cannot be."""
    end = time.monotonic() + 60
    while studio.loaded is None and not studio.error:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_first_page_shows_every_layer_with_units(explorer):
    page = explorer.get("/").text
    assert 'href="/layer/conv"' in page
    assert page.count('data-unit="conv:') == 4
    assert 'value="ruby" data-unit="classes:0"' in page
    assert explorer.get("/?seed=1").text != page


def test_a_layer_in_every_order_and_searched(explorer):
    for sort in ("index", "reach", "similarity", "nonsense"):
        page = explorer.get(f"/layer/conv?sort={sort}").text
        assert page.count('class="tile"') == 5
    page = explorer.get("/layer/classes?q=RUBY").text
    assert page.count('class="tile"') == 1
    assert "No unit of this layer has" in explorer.get("/layer/classes?q=zebra").text


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/layer/conw", "Did you mean &#39;conv&#39;"),
        ("/unit/conv:99", "Received"),
        ("/unit/conv", "Expected one unit"),
        ("/unit/conv:*", "Expected one unit"),
        ("/unit/classes:zebra", "zebra"),
        ("/nothing", "There is no page at this address."),
        ("/dream/0123456789abcdef", "There is no such ascent here."),
        ("/photo/0123456789abcdef", "There is no such photo here."),
        ("/compare", "Expected two things as a and b"),
        ("/compare?a=unit:conv:0&b=file:/etc/passwd", "Expected two things as a and b"),
    ],
)
def test_what_is_not_there_has_a_page_that_says_so(explorer, address, says):
    response = explorer.get(address)
    assert response.status_code in (400, 404)
    assert says in response.text


def test_texts_of_strangers_are_texts(tmp_path):
    network = replace(colours(), labels=(MARKUP, "tea"), name=MARKUP)
    studio, client = opened(tmp_path, network=network)
    with client:
        ready(studio)
        for address in ("/", "/layer/classes", "/unit/classes:0", f"/layer/classes?q={MARKUP}"):
            page = client.get(address).text
            assert "<img src=x" not in page
            assert "&lt;img src=x" in page


def test_while_the_network_is_loaded_pages_say_so(tmp_path):
    seen = threading.Event()
    studio, client = opened(tmp_path, load=lambda: seen.wait(60) and colours())
    with client:
        assert "The network is being loaded." in client.get("/").text
        assert client.get("/api/photos/0123456789abcdef.png").status_code == 503
        seen.set()
        ready(studio)
        assert "A network of" in client.get("/").text


def test_a_network_that_cannot_be_loaded_says_why(tmp_path):
    def fail():
        raise ModelError("The file 'mine.keras' is damaged.")

    studio, client = opened(tmp_path, load=fail)
    with client:
        ready(studio)
        page = client.get("/").text
        assert "The network could not be loaded." in page
        assert "mine.keras" in page


def test_two_units_side_by_side(explorer):
    page = explorer.get("/compare?a=unit:conv:0&b=unit:classes:ruby").text
    assert "conv:0" in page
    assert "classes:ruby" in page


def test_the_palette_is_that_of_the_figures(explorer):
    from convscope.drawing.style import ACCENT, INK

    text = explorer.get("/palette.css").text
    assert f"--ink:{INK};" in text
    assert f"--accent:{ACCENT};" in text
    assert "prefers-color-scheme:dark" in text


LONG = "9" * 6000  # digits, which Python refuses to read as a number


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/unit/conv:{LONG}", 400),
        (f"/unit/conv:0@{LONG},1", 400),
        (f"/unit/conv:#{LONG}", 400),
        (f"/compare?a=unit:conv:{LONG}&b=unit:conv:0", 400),
        (f"/api/dreams/{16 * '0'}/frames/{LONG}.webp", 404),
    ],
)
def test_numbers_of_thousands_of_digits_are_no_crash(explorer, address, status):
    assert explorer.get(address).status_code == status


@pytest.mark.parametrize(
    ("address", "body"), [("/api/units", {"units": ["conv"]}), ("/api/unit/card", {"unit": "conv"})]
)
def test_a_whole_layer_is_no_unit(explorer, address, body):
    response = explorer.post(address, body)
    assert response.status_code == 400
    assert "layer:17" in response.json()["title"]
