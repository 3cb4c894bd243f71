"""A cache, a network and photos of its own for each test."""

import pytest

from tests.cards.nets import colours, folder


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Nothing of the user's cache is read or written."""
    where = tmp_path / "cache"
    monkeypatch.setenv("CONVSCOPE_CACHE", str(where))
    return where


@pytest.fixture(scope="session")
def own():
    """The network of colours."""
    return colours()


@pytest.fixture
def photos(tmp_path):
    """A folder of twenty plain photos."""
    where = tmp_path / "photos"
    where.mkdir()
    return folder(where)
