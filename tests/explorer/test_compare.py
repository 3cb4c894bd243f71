"""Two things side by side: units, photos, and the same in two networks."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image

import convscope as cs
from convscope import images
from convscope.explorer.compare_page import compare_page
from convscope.explorer.compare_work import compare_sides
from convscope.explorer.events import Events
from convscope.explorer.jobs import Job, Jobs
from convscope.explorer.photos import keep, named
from convscope.explorer.studio import Studio
from convscope.explorer.work import worker
from tests.cards.nets import KERNEL, colours
from tests.explorer.conftest import HOST, Explorer

SAME = "/compare?a=unit:conv:0&b=second:unit:conv:0"


@pytest.fixture(scope="module")
def second():
    """The network of colours, with units that respond half as much and one that is another."""
    kernel = KERNEL * 0.5
    kernel[:, 1] = kernel[::-1, 1]
    return colours(kernel=kernel, name="pale")


@pytest.fixture(scope="module")
def both(network, second, tmp_path_factory):
    """An explorer of two networks."""
    from starlette.testclient import TestClient

    from convscope.explorer.app import create_app
    from convscope.explorer.guard import Access

    folder = tmp_path_factory.mktemp("both")
    beside = Studio("pale", lambda: second, folder=folder)
    studio = Studio("colours", lambda: network, folder=folder, second=beside)
    jobs = Jobs(Events(), worker(studio))
    app = create_app(studio, jobs, Access.of("127.0.0.1", 8000))
    with TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False) as client:
        until = time.monotonic() + 60
        while studio.loaded is None and time.monotonic() < until:
            time.sleep(0.01)
        yield Explorer(client, studio, jobs, folder)


def upload(explorer, colour):
    """Hand in a photo of one colour, and return its name."""
    stream = io.BytesIO()
    Image.fromarray(np.full((16, 16, 3), colour, "uint8")).save(stream, "PNG")
    headers = {"origin": f"http://{HOST}", "content-type": "image/png", "x-name": f"{colour}.png"}
    response = explorer.client.post("/api/photos", content=stream.getvalue(), headers=headers)
    return response.json()["photo"]


def pictures(text):
    return [part.partition(".webp")[0] for part in text.split("/api/pictures/")[1:]]


def test_a_unit_in_two_networks(both, second):
    before = both.get(SAME).text
    assert "data-unasked" in before
    assert before.count("is being made") == 2
    body = {"a": "unit:conv:0", "b": "second:unit:conv:0"}
    both.finished(both.post("/api/compare", body))
    after = both.get(SAME).text
    assert "data-unasked" not in after
    assert "conv:0 in pale" in after
    loaded = both.studio.loaded
    for each in (loaded, loaded.second):  # what is yet to come is forecast from these seconds
        with each.store() as store:
            assert store.seconds(each.edition.name) > 0
    told = [text for _, text in both.jobs.events._log if "event: unit" in text]
    # A tile stands for a unit of the first network, and must not get a picture of the second.
    assert len(told) == 1
    assert pictures(after)[0] in told[0]
    one, other = pictures(after)[:2]
    assert one != other
    shown = images.decode(both.get(f"/api/pictures/{other}.webp").content, "it")
    np.testing.assert_array_equal(shown, cs.maximize(second, "conv:0").picture)
    assert both.post("/api/compare", body).json()["state"] == "done"
    assert "second:unit:conv%3A0" in both.get("/unit/conv:0").text.replace("conv:0", "conv%3A0")


def test_a_photo_in_two_networks(both, network, second):
    name = upload(both, (200, 40, 30))
    body = {"a": f"photo:{name}", "b": f"second:photo:{name}"}
    both.finished(both.post("/api/compare", body))
    page = both.get(f"/compare?a={body['a']}&b={body['b']}").text
    found = cs.compare(network, named(both.studio.loaded, name).photo(), second)
    (layer,) = found.layers
    assert f"similarity {layer.similarity:.3f}" in page
    for each in layer.first(2):
        assert f"{each.apart:+.2f}" in page
    assert "how pale sees this photo" in both.get(f"/photo/{name}").text


def test_two_photos_in_one_network(explorer, network):
    one, other = upload(explorer, (200, 40, 30)), upload(explorer, (30, 200, 40))
    body = {"a": f"photo:{one}", "b": f"photo:{other}"}
    explorer.finished(explorer.post("/api/compare", body))
    page = explorer.get(f"/compare?a={body['a']}&b={body['b']}").text
    loaded = explorer.studio.loaded
    found = cs.compare(network, named(loaded, one).photo(), named(loaded, other).photo())
    assert f"similarity {found.layers[0].similarity:.3f}" in page
    assert "with (30, 200, 40).png" in explorer.get(f"/photo/{one}").text


def test_networks_that_cannot_be_matched_say_why(network, tmp_path):
    other = colours(kernel=KERNEL[:, :3], bias=np.zeros(3), name="three")
    beside = Studio("three", lambda: other, folder=tmp_path)
    loaded = Studio("colours", lambda: network, folder=tmp_path, second=beside).start(
        lambda share, text: None
    )
    name = keep(loaded, np.full((16, 16, 3), 0.4, "float32"), "gray").name
    asked = {"a": f"photo:{name}", "b": f"second:photo:{name}"}
    compare_sides(loaded, Job("0", "compare", "", asked, "/", Events()))
    page = compare_page(loaded, None, asked)
    assert "have different layers" in page["differences"]["why"]
    assert not page["unasked"]


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/compare?a=unit:conv:0&b=second:unit:conv:0", 400, "with --second"),
        ("/compare?a=unit:conv:0&b=second:dream:x/1", 400, "Expected two things"),
        ("/compare?a=unit:conv:0&b=second:second:unit:conv:0", 400, "Expected two things"),
    ],
)
def test_what_cannot_be_compared_is_refused(explorer, address, status, says):
    response = explorer.get(address)
    assert (response.status_code, says in response.text) == (status, True)


def test_a_post_is_refused_as_the_page_is(explorer):
    response = explorer.post("/api/compare", {"a": "unit:conv:0", "b": "second:unit:conv:0"})
    assert response.status_code == 400
    assert "with --second" in json.loads(response.text)["title"]
