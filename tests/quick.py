"""Climbs of two steps: for tests of what is made of pictures, however rough they are."""

import convscope.maximization.recipes  # noqa: F401 - the table is made of whole recipes before
from convscope.maximization.recipe import Recipe


def short_climbs(monkeypatch):
    """Let every climb have two steps, whatever is asked for."""
    original = Recipe.__init__

    def init(self, *args, **settings):
        original(self, *args, **{**settings, "steps": 2})

    monkeypatch.setattr(Recipe, "__init__", init)
