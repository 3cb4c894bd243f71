"""Convscope shows what a convolutional network has learned.

The public names are resolved on first use, so that ``import convscope`` loads no framework.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from convscope import errors
from convscope.version import VERSION

if TYPE_CHECKING:
    from convscope import objectives
    from convscope.activations import activations
    from convscope.attribution import attribute, attributions
    from convscope.film import animate
    from convscope.learning import Learning, evolve
    from convscope.learning.callback import FeatureFilm
    from convscope.maximize import Recipe, gallery, maximize
    from convscope.models.check import check
    from convscope.models.loading import load
    from convscope.models.network import Network
    from convscope.models.preprocessing import Preprocessing
    from convscope.models.units import Unit
    from convscope.transforms import Transforms
    from convscope.trust import Card, card
    from convscope.views.dictionary import dictionary
    from convscope.views.differences import compare
    from convscope.views.factors import factors
    from convscope.views.story import story
    from convscope.views.wiring import weights

__version__ = VERSION

# Where each public name lives.
_HOMES = {
    "Card": "convscope.trust",
    "FeatureFilm": "convscope.learning.callback",
    "Learning": "convscope.learning",
    "Network": "convscope.models.network",
    "Preprocessing": "convscope.models.preprocessing",
    "Recipe": "convscope.maximize",
    "Transforms": "convscope.transforms",
    "Unit": "convscope.models.units",
    "activations": "convscope.activations",
    "animate": "convscope.film",
    "attribute": "convscope.attribution",
    "attributions": "convscope.attribution",
    "card": "convscope.trust",
    "check": "convscope.models.check",
    "compare": "convscope.views",
    "dictionary": "convscope.views",
    "evolve": "convscope.learning",
    "factors": "convscope.views",
    "gallery": "convscope.maximize",
    "load": "convscope.models.loading",
    "maximize": "convscope.maximize",
    "story": "convscope.views",
    "weights": "convscope.views",
}

__all__ = [
    "Card",
    "FeatureFilm",
    "Learning",
    "Network",
    "Preprocessing",
    "Recipe",
    "Transforms",
    "Unit",
    "activations",
    "animate",
    "attribute",
    "attributions",
    "card",
    "check",
    "compare",
    "dictionary",
    "errors",
    "evolve",
    "factors",
    "gallery",
    "load",
    "maximize",
    "objectives",
    "story",
    "weights",
]


def __getattr__(name: str) -> Any:
    if name == "objectives":  # a module of functions, not one of its names
        return import_module("convscope.objectives")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """This package, in which two verbs share their names with packages.

    Importing ``convscope.maximize`` would put that package where the verb ``maximize`` belongs.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
