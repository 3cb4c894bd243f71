"""An explorer of a tiny network, in this process: its application, and a client."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cards.nets import colours

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jinja2")

HOST = "127.0.0.1:8000"
OWN = {"origin": f"http://{HOST}"}


@dataclass
class Explorer:
    """A client of an explorer, with its parts."""

    client: object
    studio: object
    jobs: object
    folder: Path

    def post(self, address, body=None, **headers):
        """Send JSON, as a page of the explorer does."""
        return self.client.post(address, json=body or {}, headers={**OWN, **headers})

    def get(self, address, **headers):
        """Read an address."""
        return self.client.get(address, headers=headers)

    def finished(self, response, state="done"):
        """Wait for the job of a response, and return it."""
        assert response.status_code == 202, response.text
        name = response.json()["id"]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            job = self.jobs.get(name)
            if job.state in ("done", "stopped", "failed"):
                assert job.state == state, job.error
                return job.as_json()
            time.sleep(0.01)
        raise AssertionError("The job does not end.")


def parts(folder, network=None, load=None):
    """The parts of an explorer of the network of colours."""
    from convscope.explorer.events import Events
    from convscope.explorer.jobs import Jobs
    from convscope.explorer.studio import Studio
    from convscope.explorer.work import worker

    studio = Studio("colours", load or (lambda: network or colours()), folder=folder)
    return studio, Jobs(Events(), worker(studio))


@pytest.fixture(scope="module")
def network():
    """The network of colours: `conv` with five channels, two classes."""
    return colours()


@pytest.fixture(scope="module")
def explorer(network, tmp_path_factory):
    """An explorer whose network is loaded."""
    from starlette.testclient import TestClient

    from convscope.explorer.app import create_app
    from convscope.explorer.guard import Access

    folder = tmp_path_factory.mktemp("explorer")
    studio, jobs = parts(folder, network)
    app = create_app(studio, jobs, Access.of("127.0.0.1", 8000))
    with TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False) as client:
        until = time.monotonic() + 60
        while studio.loaded is None and time.monotonic() < until:
            time.sleep(0.01)
        yield Explorer(client, studio, jobs, folder)
