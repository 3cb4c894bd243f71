"""The explorer from Python: served by this process, one for each network, ended when asked."""

import threading
import urllib.error
import urllib.request

import pytest

import convscope as cs
from convscope.errors import InputError, MissingExtra
from tests.cards.nets import colours
from tests.missing import hidden

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jinja2")


@pytest.fixture
def explorer(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path))
    with cs.explore(colours()) as found:
        yield found


def read(address):
    """A response: its text and its headers."""
    with urllib.request.urlopen(address, timeout=60) as response:
        return response.read().decode(), response.headers


def test_the_page_is_served_beside_the_program_and_ends_with_close(explorer):
    assert "Convscope" in read(explorer.address)[0]
    assert explorer.address.startswith("http://127.0.0.1:")
    explorer.close()
    explorer.close()
    with pytest.raises(urllib.error.URLError):
        read(explorer.address)
    assert not [each for each in threading.enumerate() if each.name == "explorer server"]


def test_a_second_call_returns_what_runs_and_another_network_has_its_own(explorer):
    assert cs.explore(explorer.network) is explorer
    with cs.explore(colours()) as other:
        assert other.address != explorer.address
        assert "Convscope" in read(other.address)[0]
    explorer.close()
    with cs.explore(explorer.network) as again:
        assert again is not explorer
        assert "Convscope" in read(again.address)[0]


def test_a_notebook_of_this_machine_may_show_it_in_a_frame_and_nobody_else(explorer):
    policy = read(explorer.address)[1]["Content-Security-Policy"]
    assert "frame-ancestors http://localhost:* http://127.0.0.1:*;" in policy
    shown = explorer._repr_html_()
    assert f'<iframe src="{explorer.address}" title="Convscope"' in shown
    assert repr(explorer) == f"<Explorer {explorer.network.name} at {explorer.address}>"


def test_too_few_photos_are_refused_before_anything_is_served(tmp_path):
    with pytest.raises(InputError, match="at least 16 photos"):
        cs.explore(colours(), natural=tmp_path)


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    hidden(monkeypatch, "uvicorn")
    with pytest.raises(MissingExtra, match=r"convscope\[explore\]"):
        cs.explore(colours())
