"""A small network, its edition and its pictures, each as quick as can be."""

import pytest

from convscope.atlas.edition import Edition
from convscope.atlas.paint import Painter
from convscope.atlas.plan import plan
from tests.cards.nets import QUICK, colours

SHORT = {**QUICK, "steps": 4}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Nothing of the user's cache is read or written."""
    where = tmp_path / "cache"
    monkeypatch.setenv("CONVSCOPE_CACHE", str(where))
    return where


@pytest.fixture(scope="session")
def own():
    """The network of colours: `conv` with five channels, two classes."""
    return colours()


@pytest.fixture(scope="session")
def edition(own):
    """Its edition, with ascents of four steps."""
    from convscope.maximization.maximize import tuned

    return Edition.of(own, recipe=tuned(None, SHORT))


@pytest.fixture(scope="session")
def painted(own, edition):
    """The pictures of all its units, in batches of three, made once."""
    painter = Painter(own, edition)
    return [painter.paint(batch) for batch in plan(own, edition, batch=3).batches]
