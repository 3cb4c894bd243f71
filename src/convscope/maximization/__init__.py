"""Activation maximization: what a unit looks for."""

from convscope.maximization.recipes import Recipe
from convscope.maximization.result import Gallery, Maximized
from convscope.maximization.maximize import gallery, maximize, maximized

__all__ = ["Gallery", "Maximized", "Recipe", "gallery", "maximize", "maximized"]
