"""Ascents of two steps: for tests of what is made of pictures, however rough they are."""

from dataclasses import replace

from convscope.maximization.recipes import RECIPES


def short_ascents(monkeypatch):
    """Let every ascent whose steps nobody states have two."""
    for name, recipe in RECIPES.items():
        monkeypatch.setitem(RECIPES, name, replace(recipe, steps=2))
