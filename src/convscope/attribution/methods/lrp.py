"""Layer-wise relevance propagation: the score is passed back through the layers to the pixels.

Every layer shares the relevance of its outputs among its inputs by a rule (``relevance_rules.py``),
down to the picture after preprocessing. A pixel's relevance is the sum over its colours. The map's
sum differs from the score by the ``gap``: what biases and the epsilon rule kept, and what layers
without a rule did not conserve.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convscope import backend
from convscope.attribution.decision import Explanation, Program
from convscope.attribution.heat import AttributionMap, over_colors
from convscope.backend import Layer, Tensor, keras, ops, to_numpy
from convscope.errors import ModelError
from convscope.networks.layers import flat_layers, keras_kind
from convscope.networks.network import Network
from convscope.networks.patches import relevance_rules
from convscope.networks.patches.capture import is_activation, patched
from convscope.networks.patches.relevance import Passing, Rules, passing, stages
from convscope.objectives import CompiledObjective, Objective
from convscope.objectives.units import UnitTerm
from convscope.validation import between

STRONGEST = 1e6  # of gamma: with so much, hardly anything but agreeing contributions counts
ROUNDING = 1e-6  # a share of the relevance
MUCH = 0.5  # a share of the score that is worth a word if it gets lost

# Layers that have no weights of their own, or need not, and yet are none of what is passed through.
UNFIT = ("Attention", "Softmax", "Dot", "LayerNormal", "GroupNormal", "UnitNormal", "RMSNormal")
FIT = ("BatchNormalization", "Normalization", "PReLU")  # have weights, and a rule


def lrp_epsilon(decision: Explanation, *, epsilon: float) -> AttributionMap:
    """Every layer by the epsilon rule (Bach 2015), relative to what the layer gives.

    With 0 it is LRP-0: for ReLU networks the gradient times the input after preprocessing.
    """
    epsilon = between("epsilon", epsilon)
    rule = relevance_rules.epsilon(epsilon)
    return _relevance(decision, ("epsilon", epsilon), Rules(rule, rule), keeps=epsilon > 0)


def lrp_gamma(decision: Explanation, *, gamma: float) -> AttributionMap:
    """Every layer by the gamma rule (Montavon 2019), which favours what agrees with the score."""
    gamma = between("gamma", gamma, STRONGEST)
    rule = relevance_rules.gamma(gamma)
    return _relevance(decision, ("gamma", gamma), Rules(rule, rule))


def lrp_composite(decision: Explanation, *, gamma: float, epsilon: float) -> AttributionMap:
    """A rule for each part of a network, as is best practice (Kohlbrenner 2020, Montavon 2019).

    It uses epsilon for dense layers, gamma for convolutions, and the box rule for the first layer,
    since the values of a picture are between black and white. This is Zennit's EpsilonGammaBox.
    """
    epsilon, gamma = between("epsilon", epsilon), between("gamma", gamma, STRONGEST)
    chosen = Rules(
        relevance_rules.epsilon(epsilon),
        relevance_rules.gamma(gamma),
        relevance_rules.agreeing,
        boxed=True,
    )
    return _relevance(decision, ("composite", gamma, epsilon), chosen, keeps=epsilon > 0)


def deep_taylor(decision: Explanation) -> AttributionMap:
    """z+ in all layers, and the box rule in the first one (Montavon 2017); no biases.

    For a score above zero nothing is below zero: the map shows where the score comes from.
    """
    chosen = Rules(
        relevance_rules.agreeing, relevance_rules.agreeing, relevance_rules.agreeing, boxed=True
    )
    return _relevance(decision, ("deep taylor",), chosen)


def _relevance(
    decision: Explanation, name: tuple[Hashable, ...], chosen: Rules, keeps: bool = False
) -> AttributionMap:
    """Return the map by some rules; ``keeps`` says that the epsilon rule keeps some relevance."""
    _refuse(decision)
    network, size = decision.network, decision.photo.shape

    def make(bound: CompiledObjective) -> Program:
        return _passer(network, chosen, bound, size)

    found = np.zeros(size)
    for degree, target in _by_degree(decision.target):
        part = replace(decision, target=target)
        numbers, elsewhere = part.run(("relevance", *name), make, [decision.photo])
        if np.abs(elsewhere).max() > ROUNDING * np.abs(numbers).max():
            raise ModelError(
                f"{network.name} takes the picture in at several places, for which relevance "
                "propagation has no rule. Try: method='occlusion', which needs none."
            )
        found += numbers[0] / degree
    heat = over_colors(found)
    total = float(heat.sum())
    gap, note = total - decision.score, ""
    if abs(gap) > MUCH * abs(decision.score):
        note = (
            f"the map sums to {total:.3g} of the score's {decision.score:.3g}: the rest was "
            f"absorbed by {_absorbers(network, keeps)}"
        )
    return AttributionMap(heat, gap=gap, note=note)


def _absorbers(network: Network, epsilon: bool) -> str:
    """Return what may have kept relevance from the picture, in words."""
    biases = any(
        getattr(layer, name, None) is not None and np.any(to_numpy(getattr(layer, name)))
        for layer in flat_layers(network.model).values()
        for name in ("bias", "beta", "moving_mean")
    )
    found = ["biases"] * biases + ["the epsilon rule"] * epsilon
    return " or ".join([*found, "constants and code of the model's own"])


def _by_degree(target: Objective) -> Iterator[tuple[int, Objective]]:
    """Return the target's parts by their degree: how often value times gradient counts the score.

    A response is linear in itself; a whole layer's score is a mean of squares.
    """
    for degree in (1, 2):
        terms = tuple(
            (weight, term)
            for weight, term in target.terms
            if (isinstance(term, UnitTerm) and term.unit.kind == "layer") == (degree == 2)
        )
        if terms:
            yield degree, Objective(terms)


def _passer(
    network: Network, chosen: Rules, bound: CompiledObjective, size: tuple[int, ...]
) -> Program:
    layers = flat_layers(network.model)

    def pass_back(pictures: Tensor, *data: Tensor) -> Sequence[Tensor]:
        # Preprocessed before, so that the relevance is that of what the model is given.
        given = network.preprocessing(ops.convert_to_tensor(pictures, "float32"))
        bounds = _bounds(network, layers, bound, size) if chosen.boxed else None

        def total(point: Tensor) -> tuple[Tensor, tuple[()]]:
            start, goal = ops.split(point, 2)
            state = Passing(chosen, network.as_taken(goal), bounds)
            with passing(network.model, state):
                seen = network.capture(network.as_taken(start), bound.taps)
            states.append(state)
            return ops.sum(bound.score(seen, data)), ()

        states: list[Passing] = []
        # The model runs on the first half; relevance goes to the second, so that it is distinct
        # from slopes that reach the picture past the first affine layer.
        _, slopes = backend.value_and_gradient(total, ops.concatenate([given, given]))
        slope, arrived = ops.split(slopes, 2)
        if states[-1].first is None:  # nothing on the way was affine, so a slope it is
            return [given * slope, ops.zeros_like(slope)]
        if not states[-1].direct:
            return [slope, ops.zeros_like(slope)]
        return [arrived, slope]

    return pass_back


def _bounds(
    network: Network, layers: dict[str, Layer], bound: CompiledObjective, size: tuple[int, ...]
) -> tuple[Any, Any] | None:
    """Return the first affine layer's inputs for black and for white, lower and higher values.

    Only preprocessing and padding lie before it, so these are the bounds of its input.
    """
    from contextlib import ExitStack

    def meet(inputs: Tensor, *args: Any, **settings: Any) -> Tensor:
        raise _Met(inputs)

    ends = np.stack([np.zeros(size, "float32"), np.ones(size, "float32")])
    with ExitStack() as stack:
        for layer in layers.values():
            if stages(layer):
                stack.enter_context(patched(layer, "call", meet))
        try:
            network.forward(ends, bound.taps)
        except _Met as met:
            (inputs,) = met.args
            return ops.min(inputs, axis=0, keepdims=True), ops.max(inputs, axis=0, keepdims=True)
    return None


class _Met(BaseException):
    """The first affine layer's input; not an Exception, so that no framework rewraps it."""


def _refuse(decision: Explanation) -> None:
    """Raise if a layer on the way to the target has no rule."""
    network, layers = decision.network, flat_layers(decision.network.model)
    order = list(network.layers)
    last = max(decision.target.layers, key=order.index)
    for address in order[: order.index(last) + 1]:
        layer = layers.get(address)
        if layer is None:  # an operation: refused when it is called
            continue
        softmax = _ends_in_softmax(layer) and address != last
        half = stages(layer) and layer.variable_dtype != "float32"
        if softmax or half or not _has_rule(layer):
            what = "softmax" if softmax else type(layer).__name__
            what = f"{layer.variable_dtype} weights" if half else what
            raise ModelError(
                f"Relevance propagation has no rule for {address} ({what}), which runs before "
                f"{decision.target}. Try: method='occlusion', which needs none."
            )
    if network.uncaptured:
        address, reason = next(iter(network.uncaptured.items()))
        raise ModelError(f"Relevance propagation cannot go through {address}: {reason}.")


def _has_rule(layer: Layer) -> bool:
    """Return whether relevance passes a layer by a rule, or correctly without one."""
    kind = keras_kind(layer) or type(layer).__name__
    if stages(layer) or kind in FIT or is_activation(layer):
        return True
    if any(part in kind for part in UNFIT):
        return False
    inner = list(layer._flatten_layers(include_self=False))
    known = {id(weight) for part in inner for weight in part.weights}
    return all(id(weight) in known for weight in layer.weights)


def _ends_in_softmax(layer: Layer) -> bool:
    function = getattr(layer, "activation", None)
    return isinstance(layer, keras.layers.Softmax) or function is keras.activations.softmax
