"""Activation maximization: what a unit looks for."""

from convscope.maximize.recipe import Recipe
from convscope.maximize.result import Gallery, Maximized
from convscope.maximize.verb import gallery, maximize, maximized

__all__ = ["Gallery", "Maximized", "Recipe", "gallery", "maximize", "maximized"]
