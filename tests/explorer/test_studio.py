"""What a page says when the network cannot be loaded, and the photos it begins with."""

import time

import numpy as np
import pytest
from starlette.testclient import TestClient

from convscope.explorer.app import create_app
from convscope.explorer.guard import Access
from convscope.images import Photo
from tests.cards.nets import colours
from tests.explorer.conftest import HOST, OWN, Explorer, parts


def opened(studio, jobs):
    """A client of an explorer."""
    app = create_app(studio, jobs, Access.of("127.0.0.1", 8000))
    return TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)


def ended(jobs):
    """Wait for the first job, which loads the network."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if jobs.all() and jobs.all()[-1].state in ("done", "failed", "stopped"):
            return jobs.all()[-1]
        time.sleep(0.01)
    raise AssertionError("The job does not end.")


def test_whatever_a_framework_raises_is_told(tmp_path):
    def load():
        raise RuntimeError("out\nof memory")

    studio, jobs = parts(tmp_path, load=load)
    with opened(studio, jobs) as client:
        assert ended(jobs).state == "failed"
        page = client.get("/").text
        assert "RuntimeError: out of memory" in page
        assert "data-loading" not in page
        response = client.post("/api/units", json={"units": ["conv:0"]}, headers=OWN)
        assert (response.status_code, "retry-after" in response.headers) == (503, False)


def test_loading_that_was_stopped_is_told(tmp_path, monkeypatch):
    studio, jobs = parts(tmp_path)
    monkeypatch.setattr(
        "convscope.explorer.studio.files.writable", lambda path: job_of(jobs).stop()
    )
    monkeypatch.setattr(
        "convscope.explorer.studio.Painter", lambda network, edition: job_of(jobs).check()
    )
    with opened(studio, jobs) as client:
        assert ended(jobs).state == "stopped"
        assert "Start convscope explore again" in client.get("/").text


def job_of(jobs):
    """The job that runs."""
    return jobs.all()[-1]


@pytest.mark.parametrize("count", [1, 2])
def test_the_photos_of_the_command_are_there_from_the_beginning(tmp_path, count):
    studio, jobs = parts(tmp_path, colours())
    names = ["first.png", "second.png"][:count]
    studio.photos = tuple(
        Photo(tmp_path / name, np.full((20, 20, 3), 0.1 + 0.5 * place, "float32"))
        for place, name in enumerate(names)
    )
    with opened(studio, jobs) as client:
        assert ended(jobs).state == "done"
        page = client.get("/").text
    places = [page.index(name) for name in names]
    assert places == sorted(places)


def test_an_atlas_that_a_full_disk_left_empty_is_made_again(tmp_path):
    studio, jobs = parts(tmp_path)
    with opened(studio, jobs) as client:
        ended(jobs)
        studio.loaded.atlas.mkdir(parents=True)
        (studio.loaded.atlas / "atlas.sqlite").touch()
        assert client.get("/").status_code == 200
        explorer = Explorer(client, studio, jobs, tmp_path)
        explorer.finished(explorer.post("/api/units", {"units": ["conv:0"]}))
        assert "/api/pictures/" in client.get("/layer/conv").text
