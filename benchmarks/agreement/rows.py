"""Which map of ours is laid beside which of another tool, and in what they differ by definition.

A row with ``same`` compares one definition: where tools show it differently, both are brought to a
common form first, and ``note`` says to which. A row without shows what users get from both, and
``note`` says why that is not the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.agreement.subject import Subject

Told = Callable[[Subject], Mapping[str, Any]]
STEPS, SAMPLES, NOISE = 32, 16, 0.15
FINE = 256  # steps for paths that are taken in steps of different kinds
MANY = 1000  # coalitions, where each tool draws its own
CELLS = 8
MASKS = 200  # handed in whole, as large as the photo


def nothing(subject: Subject) -> Mapping[str, Any]:
    """No settings."""
    return {}


def layer(subject: Subject) -> Mapping[str, Any]:
    """The layer that CAMs look at."""
    return {"layer": subject.layer}


def as_it_is(found: np.ndarray) -> np.ndarray:
    """Our map."""
    return found


def positive(found: np.ndarray) -> np.ndarray:
    """ReLU of our map."""
    return np.maximum(found, 0)


@dataclass(frozen=True)
class Row:
    """One comparison.

    Args:
        ours: a name in ``METHODS``.
        tool: a name in ``TOOLS``.
        theirs: what the tool calls it.
        call: what the tool's worker calls it.
        ours_told: our settings.
        told: the worker's settings; arrays go by file.
        seen: what is made of our map first.
        same: whether both follow one definition.
        note: what was made equal, or what differs.
        kept: whether our number is in their unit, so that values themselves can be compared.
    """

    ours: str
    tool: str
    theirs: str
    call: str
    ours_told: Told = nothing
    told: Told = nothing
    seen: Callable[[np.ndarray], np.ndarray] = as_it_is
    same: bool = True
    note: str = ""
    kept: bool = True


@dataclass(frozen=True)
class Tool:
    """Where a tool runs.

    Args:
        worker: a module in ``workers``, and the name of its requirements.
        packages: whose versions count.
        shared: whether its environment is that of ``benchmarks.peers``.
    """

    worker: str
    packages: tuple[str, ...]
    shared: bool = False


TOOLS = {
    "Captum": Tool("torch_tools", ("captum", "torch")),
    "pytorch-grad-cam": Tool("torch_tools", ("grad-cam", "torch")),
    "Zennit": Tool("torch_tools", ("zennit", "torch")),
    "PAIR saliency": Tool("torch_tools", ("saliency", "torch")),
    "tf-keras-vis": Tool("tf_keras_vis", ("tf-keras-vis", "tensorflow", "keras"), shared=True),
    "iNNvestigate": Tool("innvestigate", ("innvestigate", "tensorflow", "keras")),
    "Xplique": Tool("xplique", ("xplique", "tensorflow", "keras"), shared=True),
}


def _steps(subject: Subject) -> Mapping[str, Any]:
    return {"steps": STEPS}


def _samples(subject: Subject) -> Mapping[str, Any]:
    return {"samples": SAMPLES, "noise": NOISE}


def _noise(subject: Subject) -> Mapping[str, Any]:
    return {"noise": subject.noise(SAMPLES, NOISE)}


def _patch(subject: Subject) -> Mapping[str, Any]:
    side, stride = subject.patch
    return {"patch": side, "stride": stride}


def _blur(subject: Subject) -> Mapping[str, Any]:
    return {"steps": FINE, "sigma": subject.size / 8}


def _squares(subject: Subject) -> Mapping[str, Any]:
    return {"samples": MANY, "cells": CELLS}


def _drawn(subject: Subject) -> Mapping[str, Any]:
    from convscope.attribution.methods.shap import coalitions

    rows = np.stack(list(coalitions(0, MANY, CELLS**2))).astype("int64")
    return {**_squares(subject), "coalitions": np.stack([rows] * len(subject.photos))}


def _grid(subject: Subject) -> Mapping[str, Any]:
    return {"samples": MANY, "cells": CELLS, "keep": 0.5, "baseline": 0.5}


def _few(subject: Subject) -> Mapping[str, Any]:
    return {**_grid(subject), "samples": MASKS}


def _masks(subject: Subject) -> Mapping[str, Any]:
    from convscope.attribution.methods.rise import rise_mask

    size = subject.photos.shape[1:3]
    masks = np.stack([rise_mask((0, n), size, CELLS, 0.5) for n in range(MASKS)]).astype("float32")
    return {**_few(subject), "masks": np.stack([masks] * len(subject.photos))}


def _black(subject: Subject) -> Mapping[str, Any]:
    return {"layer": subject.layer, "baseline": 0.0}


def _zero(subject: Subject) -> Mapping[str, Any]:
    return {"epsilon": 0.0}


def _quarter(subject: Subject) -> Mapping[str, Any]:
    return {"epsilon": 0.25}


def _gamma(subject: Subject) -> Mapping[str, Any]:
    return {"gamma": 0.25}


def _strong(subject: Subject) -> Mapping[str, Any]:
    return {"gamma": 1e6}


FED = "for the network without its preprocessing, whose input relevance is of"
SIGNED = "their map before its ReLU and scaling, enlarged as ours"
SHOWN = "theirs has a ReLU before it is enlarged, and is scaled to 0..1; ours is enlarged first"
MILLIONTH = "; without the millionth that theirs adds to a divisor, which small slopes come near"
MILLIONTH_ADDED = "; and theirs adds a millionth to a divisor, which small slopes come near"
SUMMED = "theirs summed over the colours"

ROWS = (
    # Slopes
    Row("gradient", "Captum", "Saliency(abs=False)", "saliency", note=SUMMED),
    Row(
        "gradient",
        "tf-keras-vis",
        "Saliency(keepdims, no abs, not normalised)",
        "saliency",
        note=SUMMED,
    ),
    Row("gradient", "iNNvestigate", "gradient", "gradient", note=SUMMED),
    Row(
        "gradient",
        "Captum",
        "Saliency",
        "saliency as it comes",
        same=False,
        note="theirs is the largest magnitude, without a sign, of each colour; ours their sum",
    ),
    Row("input-x-gradient", "Captum", "InputXGradient", "input x gradient", note=SUMMED),
    Row(
        "smoothgrad",
        "Captum",
        "NoiseTunnel(Saliency), smoothgrad",
        "smoothgrad",
        _samples,
        _noise,
        note="our noise handed in",
    ),
    Row(
        "vargrad",
        "Captum",
        "NoiseTunnel(Saliency), vargrad",
        "vargrad",
        _samples,
        _noise,
        note="our noise handed in",
    ),
    Row("guided-backpropagation", "Captum", "GuidedBackprop", "guided", note=SUMMED),
    Row(
        "guided-backpropagation",
        "iNNvestigate",
        "guided_backprop",
        "guided_backprop",
        note=SUMMED + "; theirs is multiplied by the score",
        kept=False,
    ),
    # Paths
    Row(
        "integrated-gradients",
        "Captum",
        "IntegratedGradients(riemann_middle)",
        "integrated",
        _steps,
        lambda s: {"steps": STEPS, "rule": "riemann_middle"},
        note="the same steps, in their middle; mid gray as baseline",
    ),
    Row(
        "integrated-gradients",
        "Captum",
        "IntegratedGradients",
        "integrated",
        _steps,
        lambda s: {"steps": 50, "rule": "gausslegendre"},
        same=False,
        note="theirs by default: 50 Gauss-Legendre steps; both approach one integral",
    ),
    Row(
        "integrated-gradients",
        "PAIR saliency",
        "IntegratedGradients",
        "integrated by pair",
        lambda s: {"steps": FINE},
        lambda s: {"steps": FINE},
        same=False,
        note="theirs takes steps at their ends, both ends counted; both approach one integral",
    ),
    Row(
        "blur-integrated-gradients",
        "PAIR saliency",
        "BlurIG, blurring as ours",
        "blur",
        _blur,
        lambda s: {**_blur(s), "edges": "diffusion"},
        note="our blur handed in; theirs takes steps at their finer end, evenly in sigma, so both "
        "take many",
    ),
    Row(
        "blur-integrated-gradients",
        "PAIR saliency",
        "BlurIG, edges mirrored",
        "blur",
        _blur,
        lambda s: {**_blur(s), "edges": "reflect"},
        same=False,
        note="theirs samples its Gaussian, which does nothing below a third of a pixel, and jumps "
        "there; ours fades cosine waves",
    ),
    Row(
        "blur-integrated-gradients",
        "PAIR saliency",
        "BlurIG",
        "blur",
        _blur,
        lambda s: {**_blur(s), "edges": "constant"},
        same=False,
        note="theirs takes what is outside of the photo for black, so edges darken on the way",
    ),
    # CAMs
    Row("grad-cam", "Captum", "LayerGradCam", "layer grad-cam", layer, layer, note=SIGNED),
    Row(
        "grad-cam",
        "tf-keras-vis",
        "Gradcam(no modifier, not expanded)",
        "grad-cam",
        layer,
        layer,
        note=SIGNED,
    ),
    *(
        row
        for ours, theirs in (
            ("grad-cam", "GradCAM"),
            ("grad-cam++", "GradCAMPlusPlus"),
            ("hires-cam", "HiResCAM"),
            ("x-grad-cam", "XGradCAM"),
            ("layer-cam", "LayerCAM"),
        )
        for row in (
            Row(
                ours,
                "pytorch-grad-cam",
                theirs,
                f"signed {theirs}",
                layer,
                layer,
                note=SIGNED + (MILLIONTH if ours == "grad-cam++" else ""),
            ),
            Row(
                ours,
                "pytorch-grad-cam",
                theirs,
                theirs,
                layer,
                layer,
                positive,
                same=False,
                note=SHOWN + (MILLIONTH_ADDED if ours == "grad-cam++" else ""),
                kept=False,
            ),
        )
    ),
    Row(
        "grad-cam++",
        "tf-keras-vis",
        "GradcamPlusPlus",
        "grad-cam++",
        layer,
        layer,
        positive,
        same=False,
        kept=False,
        note="theirs differentiates exp(score) and divides each channel's shares by their sum, as "
        "the paper does not",
    ),
    Row(
        "layer-cam",
        "tf-keras-vis",
        "Layercam",
        "layer-cam",
        layer,
        layer,
        positive,
        kept=False,
        note="not expanded by theirs, enlarged as ours; theirs is scaled",
    ),
    Row(
        "ablation-cam",
        "pytorch-grad-cam",
        "AblationCAM",
        "signed AblationCAM",
        layer,
        layer,
        kept=False,
        note=SIGNED + "; theirs is divided by the score, a number for each photo",
    ),
    Row(
        "eigen-cam",
        "pytorch-grad-cam",
        "EigenCAM, not centred",
        "signed EigenCAM",
        layer,
        layer,
        note="their centring undone, as in the paper; of two opposite signs the one that fits",
    ),
    Row(
        "eigen-cam",
        "pytorch-grad-cam",
        "EigenCAM",
        "EigenCAM",
        layer,
        layer,
        positive,
        same=False,
        kept=False,
        note="theirs centres the maps before the decomposition and leaves the sign to chance",
    ),
    Row(
        "score-cam",
        "pytorch-grad-cam",
        "ScoreCAM, no softmax",
        "signed ScoreCAM",
        _black,
        layer,
        note="ours over black; theirs without its softmax, less the score of black, and its masks "
        "enlarged from the middles of places",
    ),
    Row(
        "score-cam",
        "pytorch-grad-cam",
        "ScoreCAM",
        "ScoreCAM",
        layer,
        layer,
        positive,
        same=False,
        kept=False,
        note="theirs covers with black, and weighs channels by a softmax over them",
    ),
    # Covering
    Row(
        "occlusion",
        "Captum",
        "Occlusion",
        "occlusion",
        _patch,
        _patch,
        note="the same patches; theirs gives each pixel the whole fall, divided here by the patch",
    ),
    Row(
        "rise",
        "Xplique",
        "Rise, our masks",
        "rise of masks",
        _few,
        _masks,
        note="our masks handed in; theirs less the mean score, and its division by how much masks "
        "happen to show of a pixel undone: ours divides by how much they show in the limit",
    ),
    Row(
        "rise",
        "Xplique",
        "Rise",
        "rise",
        _grid,
        _grid,
        same=False,
        kept=False,
        note=f"grids of one size, {MANY} masks each, but other draws, and theirs divided by how "
        "much masks happen to show of a pixel",
    ),
    Row(
        "kernel-shap",
        "Captum",
        "KernelShap, our coalitions",
        "kernel shap",
        _squares,
        _drawn,
        note="the same squares and coalitions; that nobody and all score what they do has a weight "
        "of a million in theirs, and always holds in ours",
    ),
    Row(
        "kernel-shap",
        "Captum",
        "KernelShap",
        "kernel shap",
        _squares,
        _squares,
        same=False,
        note=f"the same squares, {MANY} coalitions each, but other draws: how much is chance",
    ),
    # Relevance
    Row(
        "lrp-epsilon",
        "Zennit",
        "Epsilon everywhere",
        "epsilon",
        _zero,
        lambda s: {"epsilon": 1e-9},
        note="no epsilon: LRP-0",
    ),
    Row(
        "lrp-epsilon",
        "Zennit",
        "Epsilon everywhere, relative",
        "epsilon",
        _quarter,
        lambda s: {"relative": 0.25},
        note="their stabilizer given as our function: 0.25 of the root mean square",
    ),
    Row(
        "lrp-epsilon",
        "Captum",
        "LRP, EpsilonRule",
        "lrp",
        _zero,
        note="no epsilon to speak of",
    ),
    Row(
        "lrp-epsilon",
        "iNNvestigate",
        "lrp.epsilon",
        "lrp.epsilon",
        _zero,
        note="no epsilon to speak of",
    ),
    Row("lrp-gamma", "Zennit", "Gamma everywhere", "gamma", _gamma, _gamma),
    Row(
        "lrp-gamma",
        "Captum",
        "LRP, GammaRule",
        "lrp gamma",
        _gamma,
        _gamma,
        same=False,
        note="theirs strengthens weights above zero also where the input is below zero, as the "
        "preprocessed photo is in the first layer",
    ),
    Row(
        "lrp-composite",
        "Zennit",
        "EpsilonGammaBox",
        "epsilon gamma box",
        lambda s: {"gamma": 0.25, "epsilon": 0.0},
        _gamma,
        note="the bounds of black and white handed in",
    ),
    Row(
        "lrp-composite",
        "Zennit",
        "EpsilonPlus with ZBox",
        "epsilon plus box",
        lambda s: {"gamma": 1e6, "epsilon": 0.0},
        nothing,
        note="ours with a gamma of a million, which is z+ with biases",
    ),
    Row(
        "lrp-composite",
        "iNNvestigate",
        "lrp.sequential_preset_a",
        "lrp.sequential_preset_a",
        same=False,
        note="theirs: epsilon 0.1 for dense layers, alpha 1 beta 0 for the others",
    ),
    Row(
        "deep-taylor",
        "Zennit",
        "ZPlus with ZBox, no biases",
        "deep taylor",
        note="the bounds of black and white handed in",
    ),
    Row(
        "deep-taylor",
        "iNNvestigate",
        "deep_taylor.bounded",
        "deep_taylor.bounded",
        note="the bounds of black and white handed in; a mean over places shared as in its LRP, "
        "where by itself it takes the plain slope",
    ),
    Row(
        "deep-taylor",
        "Captum",
        "LRP, Alpha1_Beta0_Rule",
        "lrp alpha beta",
        same=False,
        note="theirs keeps biases, and has no rule for inputs below zero, as the preprocessed "
        "photo is in the first layer",
    ),
)
