"""The rules by which an affine layer shares its outputs' relevance among its inputs.

An output is a sum z = sum_j x_j w_j + b. A rule defines contributions c_j and a divisor d, and
input j gets c_j / d of the output's relevance. All rules are written as gradients: if relevance is
an output times its gradient, the inputs are shown z as sum_j c_j * (z / d) with the quotient held
constant. Then the gradient of each input, times the input, is its relevance (Montavon 2019, section
10.3.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convscope.backend import Tensor, ops


@dataclass(frozen=True)
class Sum:
    """The output of an affine layer, and the terms that it is the sum of.

    Args:
        whole: (n, ..., channels), z.
        plus: makes the sum of the contributions x_j w_j above zero, without the bias.
        minus: makes that of those below zero; ``plus() + minus()`` need not be z where
            contributions are measured from bounds of the input.
        bias: b, to be added to them, or 0.
    """

    whole: Tensor
    plus: Callable[[], Any]
    minus: Callable[[], Any]
    bias: Tensor | float = 0.0

    def rescaled(self, factor: Tensor, shift: Tensor) -> "Sum":
        """Return the same contributions for z * factor + shift: a layer and what follows it."""
        return Sum(
            self.whole * factor + shift,
            lambda: ops.where(factor > 0, factor * self.plus(), factor * self.minus()),
            lambda: ops.where(factor > 0, factor * self.minus(), factor * self.plus()),
            self.bias * factor + shift,
        )


Shares = tuple[Any, Any]  # the sum of what is shared by, and the divisor; each (n, ..., channels)
Rule = Callable[[Sum], Shares]


def epsilon(share: float) -> Rule:
    """R_j = x_j w_j / (z + e sign(z)): weak outputs lose relevance; with e = 0, LRP-0 (Bach 2015).

    e is ``share`` of the root mean square of the layer's outputs for the picture (Montavon 2019
    uses 0.25), since an absolute number would mean another thing in every layer.
    """

    def rule(total: Sum) -> Shares:
        z = total.whole
        axes = tuple(range(1, len(z.shape)))
        size = ops.sqrt(ops.mean(ops.square(z), axis=axes, keepdims=True))
        return z, z + share * size * ops.where(z < 0, -1.0, 1.0)

    return rule


def gamma(factor: float) -> Rule:
    """Contributions with the sign of z count 1 + ``factor`` times (Montavon 2019).

    The paper assumes inputs and outputs above zero, and favours weights above zero. The rule here,
    as in Zennit, is valid for all signs, and never divides by less than z.
    """

    def rule(total: Sum) -> Shares:
        plus = total.plus() + ops.relu(total.bias)
        favoured = ops.where(total.whole > 0, plus, total.whole - plus)
        shared = total.whole + factor * favoured
        return shared, shared

    return rule


def agreeing(total: Sum) -> Shares:
    """Only contributions with the output's own sign count, the bias does not: z+ (Montavon 2017).

    The paper's outputs are above zero. A logit below zero, or an output of a layer without an
    activation function, is likewise explained by the contributions below zero. If contributions are
    measured from the bounds of the input, this is the paper's box rule, zB.
    """
    shared = ops.where(total.whole < 0, total.minus(), total.plus())
    return shared, shared


def shown(rule: Rule, total: Sum) -> Tensor:
    """Return the output z with gradients that give its inputs their relevance by the rule."""
    shared, divisor = rule(total)
    # If the divisor is zero, there is no relevance to share.
    nothing = ops.equal(divisor, 0)
    quotient = ops.where(nothing, 1.0, total.whole / ops.where(nothing, 1.0, divisor))
    return valued(shared * ops.stop_gradient(quotient), total.whole)


def valued(slopes: Tensor, value: Tensor) -> Tensor:
    """Return a tensor with the value of one and the gradient of another, to the last bit."""
    return ops.stop_gradient(value) + (slopes - ops.stop_gradient(slopes))
