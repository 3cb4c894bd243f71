"""Photos that are handed in: decoded by our own reader, and seen as a command sees them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import convscope as cs
from convscope import images
from convscope.errors import InputError
from convscope.explorer import photos
from convscope.networks.photo import to_input
from tests.cards.nets import colours
from tests.explorer.conftest import OWN


def encoded(picture, kind="PNG", **more):
    """A picture as a file's bytes."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, kind, **more)
    return stream.getvalue()


def noise(height, width, seed=0):
    """A photo of random pixels."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), "uint8")


def send(explorer, data, kind="image/png", name="bee.png"):
    """Hand in a photo, as the page does."""
    headers = {**OWN, "content-type": kind, "x-name": name}
    return explorer.client.post("/api/photos", content=data, headers=headers)


def test_a_photo_is_seen_as_a_command_sees_it(explorer, network, tmp_path):
    data = encoded(noise(1500, 40))  # larger than what is kept for the pages
    path = tmp_path / "bee.png"
    path.write_bytes(data)
    response = send(explorer, data)
    assert response.status_code == 201
    name = response.json()["photo"]
    kept = photos.named(explorer.studio.loaded, name)
    np.testing.assert_array_equal(kept.photo().picture, to_input(network, path))
    found = explorer.finished(explorer.post(f"/api/photos/{name}/layers"))["result"]
    expected = cs.activations(network, path).top
    assert [label for label, *_ in found["top"]] == [label for _, label, _ in expected]
    shares = [share for *_, share in found["top"]]
    np.testing.assert_allclose(shares, [share for *_, share in expected], rtol=1e-5)
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_the_page_of_a_photo(explorer):
    name = send(explorer, encoded(noise(20, 20, 1))).json()["photo"]
    assert 'data-ask="layers"' in explorer.get(f"/photo/{name}").text
    explorer.finished(explorer.post(f"/api/photos/{name}/layers"))
    page = explorer.get(f"/photo/{name}").text
    assert "data-ask" not in page
    assert page.count("data-wanted") == 5
    job = explorer.finished(explorer.post(f"/api/photos/{name}/maps", {"method": "gradient"}))
    page = explorer.get(f"/photo/{name}").text
    assert f"/api/findings/{job['result']['map']}.png" in page
    assert page.count("data-wanted") == 4
    again = explorer.post(f"/api/photos/{name}/maps", {"method": "gradient"})
    assert (again.status_code, again.json()["result"]) == (200, job["result"])
    image = explorer.get(f"/api/findings/{job['result']['map']}.png")
    assert Image.open(io.BytesIO(image.content)).size == (16, 16)  # on the pixels of the photo


def test_a_place_and_what_a_layer_keeps(explorer):
    name = send(explorer, encoded(noise(20, 20, 2))).json()["photo"]
    found = explorer.finished(explorer.post(f"/api/photos/{name}/place", {"at": [3, 15]}))["result"]
    assert found["at"] == [3, 15]
    assert {row["layer"] for row in found["rows"]} == {"conv"}
    body = {"layer": "conv"}
    kept = explorer.finished(explorer.post(f"/api/photos/{name}/inversion", body))["result"]
    assert explorer.get(f"/api/findings/{kept['picture']}.png").status_code == 200


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"", "image/png", 400),
        (b"not a picture", "image/png", 400),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 400),
        (encoded(noise(9, 9))[:60], "image/png", 400),
        (encoded(noise(9, 9)), "text/html", 415),
        (encoded(noise(9, 9)), "multipart/form-data", 415),
        (encoded(noise(9, 9)), "", 415),
        (b"\0" * (photos.LARGEST + 1), "image/png", 413),
        (b"%PDF-1.4", "image/jpeg", 400),
    ],
)
def test_what_is_no_photo_is_refused(explorer, data, kind, status):
    before = list((explorer.studio.loaded.folder / photos.FOLDER).glob("*"))
    response = send(explorer, data, kind)
    assert response.status_code == status
    assert list((explorer.studio.loaded.folder / photos.FOLDER).glob("*")) == before


def test_a_photo_of_too_many_pixels_is_refused_by_its_header(explorer, monkeypatch):
    monkeypatch.setattr(photos, "PIXELS", 99)
    response = send(explorer, encoded(noise(10, 10)))
    assert response.status_code == 400
    assert "at most 99 pixels" in response.json()["title"]


def test_neither_the_bytes_nor_what_is_hidden_in_them_is_served(explorer):
    secret = b"<script>alert(1)</script>GPS"
    data = encoded(noise(9, 9, 5), "JPEG", comment=secret) + secret
    name = send(explorer, data, "image/jpeg").json()["photo"]
    served = explorer.get(f"/api/photos/{name}.png")
    assert secret not in served.content
    assert served.headers["content-type"] == "image/png"


def test_names_are_texts_and_two_uploads_are_one_photo(explorer):
    data = encoded(noise(9, 9, 6))
    title = "%3Cimg%20src%3Dx%3E%2F..%2F..%2Fetc"
    first, second = (send(explorer, data, name=title).json()["photo"] for _ in range(2))
    assert first == second
    page = explorer.get(f"/photo/{first}").text
    assert "<img src=x" not in page
    assert "&lt;img src=x&gt;/../../etc" in page


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("nothing", {}, 404),
        ("maps", {}, 400),
        ("maps", {"method": "magic"}, 404),
        ("maps", {"method": "gradient", "target": "classes:zebra"}, 404),
        ("maps", {"method": "gradient", "target": "conv:*"}, 400),
        ("place", {}, 400),
        ("place", {"at": [0, 16]}, 400),
        ("place", {"at": [0.5, 1]}, 400),
        ("inversion", {"layer": "conw"}, 404),
    ],
)
def test_questions_that_have_no_answer_are_refused(explorer, kind, body, status):
    name = send(explorer, encoded(noise(9, 9, 7))).json()["photo"]
    assert explorer.post(f"/api/photos/{name}/{kind}", body).status_code == status


def test_a_network_without_maps_still_says_what_it_takes_a_photo_for(explorer, monkeypatch):
    def none(network):
        raise InputError("It has no convolutions.")

    monkeypatch.setattr("convscope.explorer.photo_work.representative_layers", none)
    name = send(explorer, encoded(noise(9, 9, 9))).json()["photo"]
    found = explorer.finished(explorer.post(f"/api/photos/{name}/layers"))["result"]
    assert (len(found["top"]), found["rows"]) == (2, [])


def test_a_target_is_one_unit(explorer):
    name = send(explorer, encoded(noise(9, 9, 8))).json()["photo"]
    assert explorer.get(f"/photo/{name}?target=classes:ruby").status_code == 200
    assert explorer.get(f"/photo/{name}?target=conv:*").status_code == 400


def test_a_photo_that_is_not_there(explorer):
    for name in ("0" * 16, "%2e%2e", "x"):
        assert explorer.post(f"/api/photos/{name}/layers").status_code in (400, 404)
        assert explorer.get(f"/api/photos/{name}.png").status_code == 404


def test_photos_of_the_command_are_there_from_the_beginning(tmp_path):
    from convscope.explorer.events import Events
    from convscope.explorer.jobs import Jobs
    from convscope.explorer.photos import every
    from convscope.explorer.studio import Studio
    from convscope.explorer.work import LOAD, worker

    pixels = np.random.default_rng(0).random((9, 7, 3)).astype("float32")
    photo = images.Photo(Path("mine.png"), pixels)
    studio = Studio("colours", colours, photos=(photo,), folder=tmp_path)
    jobs = Jobs(Events(), worker(studio))
    worker(studio)(jobs.add(LOAD, "Loading", "/", {}))
    assert [each.title for each in every(studio.loaded.folder)] == ["mine.png"]
