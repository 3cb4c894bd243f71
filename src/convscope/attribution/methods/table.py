"""The table of attribution methods; to add one, write a function and a row.

Another package adds a ``Method`` by an entry point of the group ``convscope.methods``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convscope.attribution.heat import BASELINE, AttributionMap
from convscope.attribution.methods.attention import (
    attention_rollout,
    attention_x_gradient,
    legrad,
)
from convscope.attribution.methods.cam import (
    eigen_cam,
    grad_cam,
    grad_cam_plus_plus,
    hires_cam,
    layer_cam,
    x_grad_cam,
)
from convscope.attribution.methods.gradient import gradient, input_x_gradient, smoothgrad, vargrad
from convscope.attribution.methods.gradient_free_cam import ablation_cam, score_cam
from convscope.attribution.methods.guided import guided_backpropagation
from convscope.attribution.methods.lrp import deep_taylor, lrp_composite, lrp_epsilon, lrp_gamma
from convscope.attribution.methods.occlusion import occlusion
from convscope.attribution.methods.path import blur_integrated_gradients, integrated_gradients
from convscope.attribution.methods.rise import rise
from convscope.attribution.methods.shap import kernel_shap
from convscope.brief import Brief
from convscope.plugins import Table


@dataclass(frozen=True)
class Method(Brief):
    """One way to explain a decision.

    Args:
        explain: from an ``Explanation``, and its settings by name, to an ``AttributionMap``.
        source: who published it.
        says: what a value of the map means, in a few words.
        settings: by name, with their defaults; None is for the method to choose.
        ends: what values below zero and above it stand for; '' where there are none.
        passes: what it costs, in passes through the network, beside a few.
        nothing: what its ``baseline_score`` is the score of.
        caution: what no map of it must be shown without; '' if nothing.
        needs: what a network must have for it; '' if nothing but maps or gradients.
    """

    explain: Callable[..., AttributionMap]
    source: str
    says: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    ends: tuple[str, str] = ("against", "for")
    passes: str = "1 there and back"
    nothing: str = "plain gray"
    caution: str = ""
    needs: str = ""


DARKER_BRIGHTER = ("darker", "brighter")
EACH_SAMPLE = "1 there and back for each of the samples"
EACH_STEP = "1 there and back for each of the steps: 32, or more until the sum is close"

_OWN = {
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
        EACH_SAMPLE,
    ),
    "vargrad": Method(
        vargrad,
        "Adebayo 2018",
        "how much the slope at this pixel varies near the photo; it has no sign",
        {"samples": 32, "noise": 0.15},
        ("", "varies"),
        EACH_SAMPLE,
    ),
    "guided-backpropagation": Method(
        guided_backpropagation,
        "Springenberg 2014",
        "the slope at this pixel, without what would lower any feature on the way",
        ends=DARKER_BRIGHTER,
        caution="fails the sanity checks (Adebayo 2018): it restores the photo, with little regard "
        "to weights and class",
    ),
    "integrated-gradients": Method(
        integrated_gradients,
        "Sundararajan 2017",
        "this pixel's part in the score, against plain gray",
        {"steps": None, "baseline": BASELINE},
        passes=EACH_STEP,
    ),
    "blur-integrated-gradients": Method(
        blur_integrated_gradients,
        "Xu 2020",
        "this pixel's part in the score, against the blurred photo",
        {"steps": None, "sigma": None},
        passes=EACH_STEP,
        nothing="the blurred photo",
    ),
    "grad-cam": Method(
        grad_cam,
        "Selvaraju 2017",
        "how the features of one layer speak for the unit here",
        {"layer": None},
    ),
    "grad-cam++": Method(
        grad_cam_plus_plus,
        "Chattopadhay 2018",
        "where the features of one layer that speak for the unit are active",
        {"layer": None},
    ),
    "hires-cam": Method(
        hires_cam,
        "Draelos 2020",
        "how the features of one layer speak for the unit here, place by place",
        {"layer": None},
    ),
    "x-grad-cam": Method(
        x_grad_cam,
        "Fu 2020",
        "how the features of one layer speak for the unit here, judged where they are active",
        {"layer": None},
    ),
    "layer-cam": Method(
        layer_cam,
        "Jiang 2021",
        "where features of one layer are active and more of them would speak for the unit",
        {"layer": None},
    ),
    "eigen-cam": Method(
        eigen_cam,
        "Muhammad 2020",
        "where one layer is active, by the first principal component of its maps",
        {"layer": None},
        ("less", "more"),
        passes="1",
        caution="says what the layer responds to, whatever unit is asked for",
    ),
    "score-cam": Method(
        score_cam,
        "Wang 2020",
        "the features of one layer, each by what it scores where only it shows the photo",
        {"layer": None, "baseline": BASELINE},
        passes="1 for each channel of the layer",
    ),
    "ablation-cam": Method(
        ablation_cam,
        "Desai 2020",
        "the features of one layer, each by what the score loses without it",
        {"layer": None},
        passes="1 for each channel of the layer, only from there on if compiled",
    ),
    "attention-rollout": Method(
        attention_rollout,
        "Abnar 2020",
        "how much of this patch has come by attention to where the unit is read",
        ends=("", "more"),
        caution="says where the network looks, whatever unit is asked for",
        needs="attention",
    ),
    "attention-x-gradient": Method(
        attention_x_gradient,
        "Chefer 2021",
        "how much of this patch has come by attention that speaks for the unit",
        ends=("", "for"),
        needs="attention",
    ),
    "legrad": Method(
        legrad,
        "Bousselham 2024",
        "how much more attention to this patch would raise the score",
        ends=("", "for"),
        passes="1 there and back for each block",
        needs="attention",
    ),
    "occlusion": Method(
        occlusion,
        "Zeiler 2013",
        "how much the score falls, per pixel, when this place is covered with gray",
        {"patch": None, "stride": None, "baseline": BASELINE},
        passes="1 for each place of the patch, about 225 by default",
    ),
    "rise": Method(
        rise,
        "Petsiuk 2018",
        "how much more is scored on average when this place shows and others are gray by chance",
        {"samples": 1000, "cells": 7, "keep": 0.5, "baseline": BASELINE},
        passes="1 for each of the samples",
        nothing="partly covered photos, on average",
    ),
    "kernel-shap": Method(
        kernel_shap,
        "Lundberg 2017",
        "this square's fair share of the score, per pixel, against plain gray",
        {"samples": 1000, "cells": 8, "baseline": BASELINE},
        passes="1 for each of the samples",
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

METHODS = Table(
    "convscope.methods", _OWN, lambda row: isinstance(row, Method), "a Method of this module"
)

# Of this package's, those that work on every network that has maps or gradients.
ANYWHERE = [name for name, row in METHODS.own.items() if not row.needs]
