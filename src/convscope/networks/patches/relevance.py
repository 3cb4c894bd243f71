"""Layer-wise relevance propagation as a gradient, without rebuilding the model.

While the model is called, the ``call`` and ``activation`` of its layers are shadowed. What they
compute stays the same, but their gradients differ: from the score back to the model's first affine
layer, a value times its gradient is its relevance.

- Affine layers share relevance by their rule. Batch normalisation directly after one is part of it.
  Elsewhere it is an affine layer with one input, and follows LRP-0.
- An activation function passes on all relevance: its slope is f(x) / x.
- Max pooling gives all relevance to the largest input. Average pooling, sums and operations that
  only move numbers follow LRP-0 by their own gradients, and so does the code of a plain model
  between its layers.
- A product gives all relevance to its largest factor, so that gates are constants (Arras 2017).
  Equal factors get equal shares.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from convscope.backend import Layer, Model, Tensor, keras, ops
from convscope.brief import Brief
from convscope.errors import ModelError
from convscope.networks.layers import flat_layers, keras_kind, operations
from convscope.networks.patches.capture import (
    ACTIVATIONS,
    has_activation,
    is_activation,
    patched,
    readable,
    unwrapped,
)
from convscope.networks.patches.relevance_rules import Rule, Sum, shown, valued


@dataclass(frozen=True)
class Rules:
    """The rule that each affine layer follows.

    Args:
        dense: of dense layers.
        convolution: of convolutions of any sort.
        first: of the layers that see the picture, if they have one of their own.
        boxed: whether contributions to the first are measured from the picture's bounds.
    """

    dense: Rule
    convolution: Rule
    first: Rule | None = None
    boxed: bool = False


@dataclass(frozen=True)
class Stage:
    """One affine map of a layer: how it applies a kernel, and where kernel and bias are."""

    apply: Callable[[Any, Any, Any], Any]  # (layer, values, kernel)
    kernel: str = "kernel"
    bias: str | None = "bias"
    dense: bool = False


def _multiply(layer: Layer, values: Tensor, kernel: Tensor) -> Tensor:
    return ops.matmul(values, kernel)


def _convolve(layer: Layer, values: Tensor, kernel: Tensor) -> Tensor:
    return layer.convolution_op(values, kernel)


def _depthwise(layer: Layer, values: Tensor, kernel: Tensor) -> Tensor:
    return ops.depthwise_conv(
        values,
        kernel,
        strides=layer.strides,
        padding=layer.padding,
        data_format=layer.data_format,
        dilation_rate=layer.dilation_rate,
    )


def _pointwise(layer: Layer, values: Tensor, kernel: Tensor) -> Tensor:
    return ops.conv(values, kernel, padding="valid", data_format=layer.data_format)


def _transposed(layer: Layer, values: Tensor, kernel: Tensor) -> Tensor:
    return ops.conv_transpose(
        values,
        kernel,
        strides=list(layer.strides),
        padding=layer.padding,
        output_padding=layer.output_padding,
        data_format=layer.data_format,
        dilation_rate=layer.dilation_rate,
    )


AFFINE = {
    "Dense": (Stage(_multiply, dense=True),),
    "Conv2D": (Stage(_convolve),),
    "DepthwiseConv2D": (Stage(_depthwise),),
    "SeparableConv2D": (
        Stage(_depthwise, "depthwise_kernel", None),
        Stage(_pointwise, "pointwise_kernel"),
    ),
    "Conv2DTranspose": (Stage(_transposed),),
}


def stages(layer: Layer) -> tuple[Stage, ...]:
    """Return the affine maps that a layer consists of; none for other and for quantized layers."""
    name = keras_kind(layer)
    quantized = getattr(layer, "quantization_mode", None) is not None
    return () if quantized else AFFINE.get(name, ())


@dataclass
class Passing(Brief):
    """The state while a model passes relevance back.

    Args:
        rules: which rule an affine layer follows.
        goal: the model's input once more, apart from the model: to this the relevance goes.
        bounds: the lowest and highest value of each number of the first affine layer's input.
        first: that input, once the layer was called.
    """

    rules: Rules
    goal: Tensor
    bounds: tuple[Any, Any] | None = None
    first: Any = None
    # Outputs of affine layers by identity, with their terms and rules. The tensors are kept, since
    # an identity is only valid while its tensor exists.
    _made: dict[int, tuple[Any, Sum, Rule, int]] = field(default_factory=dict)

    @property
    def direct(self) -> bool:
        """Whether the first affine layer's input has the shape of the model's."""
        return tuple(self.first.shape) == tuple(self.goal.shape)

    def affine(self, layer: Layer) -> Callable[..., Any]:
        """Return the ``call`` of an affine layer."""

        def call(inputs: Tensor, *args: Any, **settings: Any) -> Tensor:
            output = inputs
            for stage in stages(layer):
                output = self._affine(layer, stage, output)
            # Looked up now: a tap may listen before it.
            return layer.activation(output) if has_activation(layer) else output

        return call

    def _affine(self, layer: Layer, stage: Stage, inputs: Tensor) -> Tensor:
        if self.first is None:
            self.first = inputs
        is_first = inputs is self.first
        rule = self.rules.dense if stage.dense else self.rules.convolution
        if is_first and self.rules.first:
            rule = self.rules.first
        kernel = ops.convert_to_tensor(getattr(layer, stage.kernel))
        above, below = ops.relu(kernel), kernel - ops.relu(kernel)
        values, high, low = self._pieces(inputs) if is_first else _by_sign(inputs)

        def apply(some: Tensor, weights: Tensor) -> Tensor:
            return stage.apply(layer, some, weights)

        whole, axis = apply(values, kernel), _channel_axis(layer, len(inputs.shape))
        bias = getattr(layer, stage.bias) if stage.bias else None
        shift: Tensor | float = 0.0
        if bias is not None:
            shift = _along(axis, ops.convert_to_tensor(bias), whole)
            whole = whole + shift
        total = Sum(
            whole,
            lambda: apply(high, above) + apply(low, below),
            lambda: apply(high, below) + apply(low, above),
            shift,
        )
        return self._kept(shown(rule, total), total, rule, axis)

    def _kept(self, output: Tensor, total: Sum, rule: Rule, axis: int) -> Tensor:
        self._made[id(output)] = output, total, rule, axis
        return output

    def _pieces(self, inputs: Tensor) -> tuple[Any, Any, Any]:
        """Return the first affine layer's input, with a gradient that is its relevance.

        All layers before it are preprocessing and pass relevance on unchanged. If the shapes are
        equal, relevance is taken at ``goal``; otherwise it passes back through the layers in
        between.
        """
        way = self.goal if self.direct else inputs
        one = 1 + (way - ops.stop_gradient(way))
        parts = _by_sign(inputs)
        if self.bounds:
            low, high = self.bounds
            parts = inputs, inputs - low, inputs - high
        whole, above, below = (ops.stop_gradient(part) * one for part in parts)
        return whole, above, below

    def normalisation(self, layer: Layer) -> Callable[..., Any]:
        """Return the ``call`` of a batch normalisation."""
        original = layer.call

        def call(inputs: Tensor, *args: Any, **settings: Any) -> Tensor:
            output = original(inputs, *args, **settings)
            if self.first is None:
                return valued(inputs, output)
            made = self._made.get(id(inputs))
            if made is None or made[3] != layer.axis % len(inputs.shape):
                return output
            _, total, rule, axis = made
            factor, shift = (_along(axis, each, inputs) for each in _factor_and_shift(layer))
            joined = total.rescaled(factor, shift)
            return self._kept(shown(rule, joined), joined, rule, axis)

        return call

    def preprocessing(self, layer: Layer) -> Callable[..., Any]:
        """Return the ``call`` of a layer that scales and shifts numbers."""
        original = layer.call

        def call(inputs: Tensor, *args: Any, **settings: Any) -> Tensor:
            output = original(inputs, *args, **settings)
            return output if self.first is not None else valued(inputs, output)

        return call

    @staticmethod
    def activation(function: Callable[..., Any]) -> Callable[..., Any]:
        """Return an activation function, or the ``call`` of a layer that is one."""

        def activate(values: Tensor, *args: Any, **settings: Any) -> Tensor:
            output = function(values, *args, **settings)
            silent = ops.abs(values) < TINY
            slope = ops.where(silent, 0.0, output / ops.where(silent, 1.0, values))
            return valued(values * ops.stop_gradient(slope), output)

        return activate

    @staticmethod
    def product(layer: Layer) -> Callable[..., Any]:
        """Return the ``call`` of a layer that multiplies its inputs."""
        original = layer.call

        def call(inputs: Sequence[Tensor], *args: Any, **settings: Any) -> Tensor:
            return _shared(inputs, lambda factors: original(factors, *args, **settings))

        return call


TINY = 1e-30  # values nearer to zero are zero: dividing by them would leave float32


# Operations of keras.ops, by the name of their class, through which relevance goes by their slopes:
# sums and means, and what only moves, repeats or selects numbers.
# fmt: off
LINEAR = frozenset((
    "Add", "Amax", "Append", "AveragePool", "BroadcastTo", "Cast", "Concatenate", "Copy",
    "Absolute", "Cumsum", "ExpandDims", "Flip", "GetItem", "Identity", "Max", "MaxPool",
    "Maximum", "Mean", "Min", "Minimum", "Moveaxis", "Negative", "Pad", "Ravel", "Repeat",
    "Reshape", "Resize", "Roll", "Rot90", "Slice", "Split", "Squeeze", "Stack", "StopGradient",
    "Subtract", "Sum", "Swapaxes", "Take", "Tile", "Transpose", "Unstack", "Where",
))
# fmt: on
PRODUCTS = {"Multiply", "Matmul", "Dot", "Einsum", "TrueDivide", "Divide", "Conv", "DepthwiseConv"}
SOFT = {"Softmax", "LogSoftmax", "Sparsemax"}


def _operation(operation: Layer, state: Passing) -> Callable[..., Any] | None:
    """Return the ``call`` of an operation that passes relevance back; None for its own one."""
    kind, original = type(operation).__name__, operation.call
    if kind in ACTIVATIONS - SOFT:
        return state.activation(original)
    if kind == "Clip" and isinstance(operation.x_min, int | float) and operation.x_min == 0:
        return state.activation(original)  # a ReLU with a limit
    if kind in LINEAR:
        return None

    def call(*args: Any, **settings: Any) -> Tensor:
        tensors = [each for each in args if keras.ops.is_tensor(each)]
        if state.first is None or (kind in PRODUCTS and _is_linear(operation)):
            return original(*args, **settings)
        if kind == "Multiply":
            return _shared(tensors, lambda factors: original(*factors))
        raise unwrapped(
            ModelError(
                f"Relevance propagation has no rule for the operation {operation.name} "
                f"(keras.ops, {kind}). Try: method='occlusion', which needs none."
            )
        )

    return call


def _is_linear(operation: Layer) -> bool:
    """Return whether a product is by constants; for a quotient, whether the divisor is one."""

    def linear(node: Any) -> bool:
        first, *_ = keras.tree.flatten(node.arguments.args)
        alone = len(node.arguments.keras_tensors) == 1
        of_picture = isinstance(first, keras.KerasTensor)
        return alone and ("Divide" not in type(operation).__name__ or of_picture)

    return all(linear(node) for node in operation._inbound_nodes)


@contextmanager
def passing(model: Model, state: Passing) -> Iterator[Passing]:
    """Make a model's layers pass relevance back during a block."""
    with readable(model), ExitStack() as stack:
        for operation in operations(model):
            if (call := _operation(operation, state)) is not None:
                stack.enter_context(patched(operation, "call", call))
        for layer in flat_layers(model).values():
            if stages(layer):
                stack.enter_context(patched(layer, "call", state.affine(layer)))
                if has_activation(layer) and layer.activation is not keras.activations.relu:
                    passed_on = state.activation(layer.activation)
                    stack.enter_context(patched(layer, "activation", passed_on))
            elif is_activation(layer):
                stack.enter_context(patched(layer, "call", state.activation(layer.call)))
            elif make := CALLS.get(keras_kind(layer)):
                stack.enter_context(patched(layer, "call", make(state, layer)))
        yield state


CALLS: dict[str, Callable[[Passing, Any], Callable[..., Any]]] = {
    "BatchNormalization": Passing.normalisation,
    "Multiply": lambda state, layer: state.product(layer),
    "Normalization": Passing.preprocessing,
    "Rescaling": Passing.preprocessing,
}


def _shared(factors: Sequence[Tensor], multiply: Callable[[list[Tensor]], Any]) -> Tensor:
    """Return a product whose largest factors get all relevance in equal shares."""
    sizes = [_size(factor) for factor in factors]
    large = [size == max(sizes) for size in sizes]
    held = [
        factor if is_large else ops.stop_gradient(factor)
        for factor, is_large in zip(factors, large, strict=True)
    ]
    output = multiply(held)
    return valued(output / sum(large), output)


def _by_sign(values: Tensor) -> tuple[Any, Any, Any]:
    """Return values, those above zero, and those below."""
    above = ops.relu(values)
    return values, above, values - above


def _channel_axis(layer: Layer, rank: int) -> int:
    return 1 if getattr(layer, "data_format", None) == "channels_first" else rank - 1


def _along(axis: int, vector: Tensor, like: Tensor) -> Tensor:
    """Return a number for each channel in a shape that broadcasts over the rest."""
    shape = [1] * len(like.shape)
    shape[axis] = -1
    return ops.reshape(vector, shape)


def _factor_and_shift(layer: Layer) -> tuple[Tensor, Tensor]:
    """Return batch normalisation outside of training, as x * factor + shift."""
    mean, variance = (
        ops.convert_to_tensor(each) for each in (layer.moving_mean, layer.moving_variance)
    )
    factor = ops.rsqrt(variance + layer.epsilon)
    if layer.scale:
        factor = factor * ops.convert_to_tensor(layer.gamma)
    shift = -mean * factor
    return factor, shift + ops.convert_to_tensor(layer.beta) if layer.center else shift


def _size(tensor: Tensor) -> int:
    return math.prod(int(side) for side in tensor.shape[1:])
