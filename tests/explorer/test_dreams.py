"""Ascents that are watched: the frames and the film are those of the command."""

import threading

import numpy as np
import pytest

import convscope as cs
from convscope import images
from convscope.errors import ModelError
from convscope.explorer.dreams import Dream
from convscope.films.filming import Filming

ASKED = {"what": "classes:ruby", "steps": 12, "seed": 3}


@pytest.fixture(scope="module")
def made(explorer):
    """An ascent that has ended: its name."""
    response = explorer.post("/api/dreams", ASKED)
    page = response.json()["page"]
    assert explorer.finished(response)["page"] == page
    return page.removeprefix("/dream/")


def test_every_step_is_a_frame_with_its_numbers(explorer, made, network):
    told = explorer.get(f"/api/dreams/{made}").json()
    assert (told["state"], told["count"], told["total"]) == ("done", 13, 12)
    assert len(told["rows"]) == 13
    for row in told["rows"]:
        assert sum(share for _, share in row["top"]) == pytest.approx(1, abs=1e-5)
    film = cs.animate(network, "classes:ruby", steps=12, seed=3)
    for step, picture, score in zip(film.steps, film.pictures, film.scores, strict=True):
        data = explorer.get(f"/api/dreams/{made}/frames/{step}.webp").content
        np.testing.assert_array_equal(images.to_bytes(images.decode(data, "frame")), picture)
        assert told["rows"][step]["score"] == pytest.approx(score, rel=1e-4)


def test_a_saved_film_has_the_bytes_of_the_command(explorer, made, network, tmp_path):
    for suffix in (".gif", ".csv"):
        job = explorer.finished(explorer.post(f"/api/dreams/{made}/film", {"suffix": suffix}))
        response = explorer.get(job["result"]["file"])
        assert "attachment" in response.headers["content-disposition"]
        film = cs.animate(network, "classes:ruby", steps=12, seed=3)
        path = film.save(tmp_path / f"film{suffix}")
        assert response.content == path.read_bytes()


def test_a_film_of_a_network_of_gray_pictures(tmp_path):
    gray = Dream(tmp_path, "0" * 16)
    pictures = [np.full((4, 4, 1), value, "uint8") for value in (0, 100, 255)]
    for step, picture in enumerate(pictures):
        gray.keep(step, picture)
    np.testing.assert_array_equal(gray.pictures(channels=1), pictures)


def test_the_same_ascent_is_not_made_twice(explorer, made):
    response = explorer.post("/api/dreams", ASKED)
    assert (response.status_code, response.json()["state"]) == (200, "done")
    assert response.json()["page"] == f"/dream/{made}"


def test_the_page_is_of_a_step(explorer, made):
    page = explorer.get(f"/dream/{made}?step=4").text
    assert f"/api/dreams/{made}/frames/4.webp" in page
    assert "convscope animate classes:0 " in page
    assert "--seed 3 --steps 12" in page
    assert "/frames/12.webp" in explorer.get(f"/dream/{made}?step=99999").text


def test_an_ascent_from_a_frame_of_another(explorer, made):
    start = f"dream/{made}/12"
    response = explorer.post("/api/dreams", {**ASKED, "start": start, "steps": 2})
    name = response.json()["page"].removeprefix("/dream/")
    explorer.finished(response)
    first = explorer.get(f"/api/dreams/{name}/frames/0.webp").content
    last = explorer.get(f"/api/dreams/{made}/frames/12.webp").content
    one, other = (images.decode(data, "frame") for data in (first, last))
    np.testing.assert_allclose(one, other, atol=2 / 255)


def slowly(monkeypatch, steps_before):
    """Have an ascent wait after some steps; return the two events of reaching and of going on."""
    reached, going = threading.Event(), threading.Event()
    usual = Filming.steps

    def steps(self):
        for step, picture in usual(self):
            yield step, picture
            if step.number == steps_before:
                reached.set()
                assert going.wait(30)

    monkeypatch.setattr(Filming, "steps", steps)
    return reached, going


def test_what_is_stopped_is_kept_as_far_as_it_came(explorer, monkeypatch):
    reached, going = slowly(monkeypatch, 5)
    response = explorer.post("/api/dreams", {**ASKED, "seed": 8})
    assert reached.wait(30)
    name = response.json()["page"].removeprefix("/dream/")
    told = explorer.get(f"/api/dreams/{name}").json()
    assert (told["state"], told["job"]) == ("running", response.json()["id"])
    explorer.post(f"/api/jobs/{told['job']}/stop")
    going.set()
    explorer.finished(response, "stopped")
    told = explorer.get(f"/api/dreams/{name}").json()
    assert (told["state"], told["count"], len(told["rows"])) == ("stopped", 6, 6)


def test_the_last_finite_frame_is_kept(explorer, monkeypatch):
    usual = Filming.steps

    def steps(self):
        for step, picture in usual(self):
            if step.number == 4:
                raise ModelError("The response is not a number.")
            yield step, picture

    monkeypatch.setattr(Filming, "steps", steps)
    response = explorer.post("/api/dreams", {**ASKED, "seed": 9})
    job = explorer.finished(response, "failed")
    assert "not a number" in job["error"]
    name = job["page"].removeprefix("/dream/")
    assert explorer.get(f"/api/dreams/{name}").json()["count"] == 4
    assert "the last picture is kept" in explorer.get(f"/dream/{name}").text


def test_what_was_running_when_the_server_ended_is_interrupted(explorer):
    folder = explorer.studio.loaded.folder
    request = {**ASKED, "seed": 77, "strength": 0.08}
    left = Dream.of(folder, request)
    left.begin({"request": request, "label": "it", "state": "running", "total": 12, "layers": []})
    left.keep(0, np.zeros((16, 16, 3), "uint8"))
    told = explorer.get(f"/api/dreams/{left.name}").json()
    assert told["state"] == "interrupted"
    response = explorer.post("/api/dreams", told["request"])
    assert response.json()["page"] == f"/dream/{left.name}"
    explorer.finished(response)
    assert explorer.get(f"/api/dreams/{left.name}").json()["state"] == "done"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"what": 3}, 400),
        ({"what": "classes:zebra"}, 404),
        ({"what": "conv:*"}, 400),
        ({"what": "classes:ruby", "steps": 10**6}, 400),
        ({"what": "classes:ruby", "steps": True}, 400),
        ({"what": "classes:ruby", "steps": 0}, 400),
        ({"what": "classes:ruby", "seed": -1}, 400),
        ({"what": "classes:ruby", "strength": "x"}, 400),
        ({"what": "classes:ruby", "start": "../../etc/passwd"}, 404),
        ({"what": "classes:ruby", "start": "dream/0123456789abcdef/0"}, 404),
    ],
)
def test_what_is_not_possible_is_refused(explorer, body, status):
    response = explorer.post("/api/dreams", body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_only_known_formats_and_frames(explorer, made):
    assert explorer.post(f"/api/dreams/{made}/film", {"suffix": ".exe"}).status_code == 404
    assert explorer.get(f"/api/dreams/{made}/film.exe").status_code == 404
    assert explorer.get(f"/api/dreams/{made}/frames/99.webp").status_code == 404
    assert explorer.get("/api/dreams/nothing").status_code == 404


def test_what_was_measured_so_far_is_there_before_the_end(tmp_path):
    dream = Dream.of(tmp_path, {"what": "conv:1"})
    dream.begin({"request": {}})
    dream.add(0, [{"score": 0.5}])
    dream.add(1, [{"score": 1.5}])
    assert [each["score"] for each in dream.numbers] == [0.5, 1.5]
    with (dream.where / "numbers.jsonl").open("a") as file:
        file.write('{"score": 2')  # a write that was interrupted
    assert [each["score"] for each in dream.numbers] == [0.5, 1.5]
    dream.add(0, [{"score": 4}])
    assert dream.numbers == [{"score": 4}]


def test_frames_are_counted_without_a_gap(tmp_path):
    dream = Dream.of(tmp_path, {"what": "conv:1"})
    assert dream.count == 0
    for step in (0, 1, 3):
        dream.keep(step, np.zeros((2, 2, 3), "uint8"))
    assert dream.count == 2
