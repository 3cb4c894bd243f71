"""The benchmarks of the explorer, on a small network that is served by this process."""

import asyncio
import os
from collections import Counter
from types import SimpleNamespace

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jinja2")

from benchmarks import explorer, explorer_load
from benchmarks.served import Served
from convscope.explorer.app import create_app
from convscope.explorer.guard import Access
from tests.explorer import browser
from tests.explorer.conftest import parts


class Here(Served):
    """An explorer in this process."""

    def __init__(self, address):
        self.address, self.began = address, 0.0
        self.process = SimpleNamespace(pid=os.getpid())


@pytest.fixture
def server(tmp_path):
    studio, jobs = parts(tmp_path)
    with browser.served(
        lambda port: create_app(studio, jobs, Access.of("127.0.0.1", port))
    ) as address:
        found = Here(address)
        found.ready()
        yield found


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(explorer_load, "DREAM", "classes:ruby")
    monkeypatch.setattr(explorer_load, "PAUSE", 0.1)
    monkeypatch.setattr(explorer_load, "STAY", 0.5)
    monkeypatch.setattr(explorer_load, "PAGES", ["/", "/layer/conv", "/unit/conv:1"])


def test_clients_read_and_follow_beside_an_ascent(server, small):
    seen = explorer_load.Seen()
    begun, memory = asyncio.run(explorer_load.loaded(server, 0.05, 6, seen))
    assert begun >= 1
    assert memory[0][1] > 10
    assert seen.errors == Counter()
    assert len(seen.times) > 5
    assert seen.streams >= 3
    assert seen.events > 5


def test_an_error_is_counted_and_not_passed_over(server, small, monkeypatch):
    monkeypatch.setattr(explorer_load, "PAGES", ["/nothing"])
    seen = explorer_load.Seen()
    asyncio.run(explorer_load.loaded(server, 0.02, 2, seen))
    assert set(seen.errors) == {"/nothing: 404"}


def test_a_full_queue_is_answered_with_429(server, small):
    assert explorer_load.overfull(server).endswith("after a stop of all: taken")
    assert "answered with 429" in explorer_load.overfull(server)
    server.idle()


def test_a_response_is_timed_and_units_without_a_picture_are_found(server, monkeypatch):
    monkeypatch.setattr(explorer, "CHANNELS", 5)
    with explorer.asked(server, "/layer/conv") as once:
        taken, longest = explorer.median(once)
    assert 0 < taken < 60
    assert longest.startswith("longest")
    with explorer.asked(server, "/nothing") as once, pytest.raises(SystemExit, match="404"):
        once()
    server.finished(server.post("/api/units", {"units": ["conv:4"]}))
    assert list(explorer.missing(server, "conv")) == [f"conv:{n}" for n in (3, 2, 1, 0)]
