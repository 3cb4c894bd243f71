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
    from convscope.activation.activations import activations
    from convscope.attribution.attribute import attribute
    from convscope.attribution.attributions import attributions
    from convscope.films.animate import animate
    from convscope.training_films.result import Learning
    from convscope.training_films.evolve import evolve
    from convscope.training_films.callback import FeatureFilm
    from convscope.maximization.recipes import Recipe
    from convscope.maximization.maximize import gallery, maximize
    from convscope.networks.loading.check import check
    from convscope.networks.loading.load import load
    from convscope.networks.network import Network
    from convscope.networks.preprocessing import Preprocessing
    from convscope.networks.units import Unit
    from convscope.transforms import Transforms
    from convscope.cards.result import Card
    from convscope.cards.card import card
    from convscope.semantic_dictionary.dictionary import dictionary
    from convscope.comparison.compare import compare
    from convscope.neuron_groups.factors import factors
    from convscope.stories.story import story
    from convscope.connections.weights import weights

__version__ = VERSION

# Where each public name lives.
_HOMES = {
    "Card": "convscope.cards",
    "FeatureFilm": "convscope.training_films.callback",
    "Learning": "convscope.training_films",
    "Network": "convscope.networks.network",
    "Preprocessing": "convscope.networks.preprocessing",
    "Recipe": "convscope.maximization",
    "Transforms": "convscope.transforms",
    "Unit": "convscope.networks.units",
    "activations": "convscope.activation",
    "animate": "convscope.films",
    "attribute": "convscope.attribution",
    "attributions": "convscope.attribution",
    "card": "convscope.cards",
    "check": "convscope.networks.loading.check",
    "compare": "convscope.stories",
    "dictionary": "convscope.stories",
    "evolve": "convscope.training_films",
    "factors": "convscope.stories",
    "gallery": "convscope.maximization",
    "load": "convscope.networks.loading.load",
    "maximize": "convscope.maximization",
    "story": "convscope.stories",
    "weights": "convscope.stories",
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

    Importing ``convscope.maximization`` would put that package where the verb ``maximize`` belongs.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
