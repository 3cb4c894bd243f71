"""The table of methods: to add one, write a function and a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convscope.attribution.cam import grad_cam
from convscope.attribution.heat import BASELINE, Heat
from convscope.attribution.lrp import deep_taylor, lrp_composite, lrp_epsilon, lrp_gamma
from convscope.attribution.occlusion import occlusion
from convscope.attribution.path import integrated_gradients
from convscope.attribution.sensitivity import gradient, input_x_gradient, smoothgrad


@dataclass(frozen=True)
class Method:
    """One way to explain a decision.

    Args:
        explain: from a ``Decision``, and its settings by name, to a ``Heat``.
        source: who published it.
        says: what a value of the map means, in a few words.
        ends: what values below zero and above it stand for.
        settings: by name, with their defaults; None is for the method to choose.
    """

    explain: Callable[..., Heat]
    source: str
    says: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    ends: tuple[str, str] = ("against", "for")


DARKER_BRIGHTER = ("darker", "brighter")

METHODS = {
    "gradient": Method(
        gradient,
        "Simonyan 2013",
        "which change of this pixel would raise the score",
        ends=DARKER_BRIGHTER,
    ),
    "input-x-gradient": Method(
        input_x_gradient,
        "Shrikumar 2016",
        "a straight-line guess of this pixel's part in the score, against black",
    ),
    "smoothgrad": Method(
        smoothgrad,
        "Smilkov 2017",
        "which change of this pixel would raise the score, on average near the photo",
        {"samples": 32, "noise": 0.15},
        DARKER_BRIGHTER,
    ),
    "integrated-gradients": Method(
        integrated_gradients,
        "Sundararajan 2017",
        "this pixel's part in the score, against plain gray",
        {"steps": 32, "baseline": BASELINE},
    ),
    "grad-cam": Method(
        grad_cam,
        "Selvaraju 2017",
        "how the features of one layer speak for the unit here",
        {"layer": None},
    ),
    "occlusion": Method(
        occlusion,
        "Zeiler 2013",
        "how much the score falls, per pixel, when this place is covered with gray",
        {"patch": None, "stride": None, "baseline": BASELINE},
    ),
    "lrp-epsilon": Method(
        lrp_epsilon,
        "Bach 2015",
        "the part of the score that layer after layer traces back to this pixel",
        {"epsilon": 0.25},
    ),
    "lrp-gamma": Method(
        lrp_gamma,
        "Montavon 2019",
        "the part of the score traced back to this pixel, mostly along what speaks for it",
        {"gamma": 0.25},
    ),
    "lrp-composite": Method(
        lrp_composite,
        "Kohlbrenner 2020",
        "the part of the score traced back to this pixel, by a rule for each sort of layer",
        {"gamma": 0.25, "epsilon": 1e-6},
    ),
    "deep-taylor": Method(
        deep_taylor,
        "Montavon 2017",
        "the part of the score traced back to this pixel, along what excites and nothing else",
    ),
}
