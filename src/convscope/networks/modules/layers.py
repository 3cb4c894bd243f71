"""The Keras layer that stands for a PyTorch module: the same function, on the same weights.

For the usual modules it is one of Keras's own classes, so that receptive fields, relevance rules,
kernels and much else are known. Its variables are views of the module's parameters, in Keras's
order of axes; nothing is copied. Any other module is a ``ModuleLayer``, which calls it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import torch
from torch import nn
from torch.nn import functional

from convscope.networks.modules.attention import head_count, stepwise, unchanged

FIRST = "channels_first"


class ModuleLayer(keras.layers.Layer):
    """A layer that calls a PyTorch module.

    Args:
        module: any module.
        parts: the layers of the modules inside it.
        name: the layer's address.
    """

    def __init__(self, module: nn.Module, parts: Sequence[keras.layers.Layer], name: str) -> None:
        super().__init__(name=name)
        # Past the hooks of Keras, which would make layers of its own of the module.
        self.__dict__.update(forwarded=module.forward, _inside=tuple(parts))
        self.tensors = [
            _variable(tensor, tensor_name)
            for tensor_name, tensor in own_tensors(module)
            if tensor.is_floating_point()
        ]
        self.built = True

    def call(self, *args: Any, **settings: Any) -> Any:
        """Return what the module gives."""
        return self.forwarded(*args, **settings)

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        # What is inside are layers of the model, under addresses of their own; here it only tells
        # what this layer sees.
        return [self] * include_self + list(self._inside) * recursive


class AttentionLayer(ModuleLayer):
    """A layer that calls a PyTorch module of attention, whose weights and heads can be heard.

    ``weigh`` and ``give`` may be shadowed; see ``attention.stepwise``.
    """

    weigh = staticmethod(unchanged)
    give = staticmethod(unchanged)

    def __init__(self, module: nn.Module, parts: Sequence[keras.layers.Layer], name: str) -> None:
        super().__init__(module, parts, name)
        self.__dict__["heads"] = head_count(module)

    def call(self, *args: Any, **settings: Any) -> Any:
        """Return what the module gives."""
        if not {"weigh", "give"} & vars(self).keys():
            return super().call(*args, **settings)
        with stepwise(self.weigh, self.give):
            return super().call(*args, **settings)


class Conv2D(keras.layers.Conv2D):
    """A convolution with PyTorch's padding, the same on both sides."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the convolution of inputs with a kernel (rows, columns, inputs, outputs)."""
        kernel = keras.ops.convert_to_tensor(kernel).permute(3, 2, 0, 1)
        settings = self.strides, self.padding, self.dilation_rate, self.groups
        return functional.conv2d(inputs, kernel, None, *settings)


class MaxPooling2D(keras.layers.MaxPooling2D):
    """A maximum with PyTorch's padding."""

    same_as_keras = True

    def call(self, inputs: Any) -> Any:
        """Return the largest values of windows."""
        return self.pooled(inputs)


class AveragePooling2D(keras.layers.AveragePooling2D):
    """A mean with PyTorch's padding."""

    same_as_keras = True

    def call(self, inputs: Any) -> Any:
        """Return the means of windows."""
        return self.pooled(inputs)


def gelu_tanh(values: Any) -> Any:
    """Return the approximation of GELU by a hyperbolic tangent."""
    return keras.activations.gelu(values, approximate=True)


def layer_of(
    module: nn.Module, parts: Sequence[keras.layers.Layer], name: str
) -> keras.layers.Layer:
    """Return the layer that stands for a module.

    Args:
        module: any module.
        parts: the layers of the modules inside it.
        name: the layer's address.
    """
    for kind, make in MAKERS.items():
        if isinstance(module, kind):
            plain = type(module).forward is kind.forward and "forward" not in vars(module)
            layer = make(module, name) if plain and not parts else None
            if layer is not None:
                return layer
    base = AttentionLayer if head_count(module) else ModuleLayer
    layer = type(type(module).__name__, (base,), {})(module, parts, name)
    if isinstance(module, nn.modules.conv._ConvNd) and module.weight.ndim == 4:
        # A convolution of a sort of its own sees as much as any.
        layer.kernel_size, layer.strides = module.kernel_size, module.stride
        layer.dilation_rate, layer.data_format = module.dilation, FIRST
    return layer


def own_tensors(module: nn.Module) -> Iterable[tuple[str, torch.Tensor]]:
    """Return a module's own parameters and buffers, without those of modules inside it."""
    yield from module.named_parameters(recurse=False)
    yield from module.named_buffers(recurse=False)


def _variable(tensor: torch.Tensor, name: str, axes: tuple[int, ...] | None = None) -> Any:
    """Return a Keras variable on the memory of a tensor, with its axes in another order."""
    view = tensor.detach() if axes is None else tensor.detach().permute(axes)
    trainable = isinstance(tensor, nn.Parameter) and tensor.requires_grad
    kept = nn.Parameter(view, requires_grad=trainable)
    return keras.Variable(kept, trainable=trainable, name=name, dtype="float32")


def _convolution(module: Any, name: str) -> Any:
    if module.padding_mode != "zeros" or "weight" not in module._parameters:
        return None
    layer = Conv2D(
        module.out_channels,
        module.kernel_size,
        padding=module.padding if isinstance(module.padding, str) else "valid",
        groups=module.groups,
        data_format=FIRST,
        use_bias=module.bias is not None,
        name=name,
    )
    # Keras refuses a stride beside a dilation, which PyTorch takes.
    layer.strides, layer.dilation_rate = module.stride, module.dilation
    layer.padding = module.padding
    layer._kernel = _variable(module.weight, "kernel", (2, 3, 1, 0))
    layer.bias = None if module.bias is None else _variable(module.bias, "bias")
    return _done(layer)


def _dense(module: Any, name: str) -> Any:
    if "weight" not in module._parameters:
        return None
    layer = keras.layers.Dense(module.out_features, use_bias=module.bias is not None, name=name)
    layer._kernel = _variable(module.weight, "kernel", (1, 0))
    layer.bias = None if module.bias is None else _variable(module.bias, "bias")
    return _done(layer)


def _norm(module: Any, name: str) -> Any:
    if module.running_mean is None:
        return None  # it takes the statistics of each batch
    affine = module.weight is not None
    layer = keras.layers.BatchNormalization(
        axis=1, epsilon=module.eps, center=affine, scale=affine, name=name
    )
    layer.gamma = _variable(module.weight, "gamma") if affine else None
    layer.beta = _variable(module.bias, "beta") if affine else None
    layer.moving_mean = _variable(module.running_mean, "moving_mean")
    layer.moving_variance = _variable(module.running_var, "moving_variance")
    return _done(layer)


def _layer_norm(module: Any, name: str) -> Any:
    if len(module.normalized_shape) > 1 or (module.weight is None) != (module.bias is None):
        return None
    affine = module.weight is not None
    layer = keras.layers.LayerNormalization(
        epsilon=module.eps, center=affine, scale=affine, name=name
    )
    layer.gamma = _variable(module.weight, "gamma") if affine else None
    layer.beta = _variable(module.bias, "beta") if affine else None
    return _done(layer)


def _group_norm(module: Any, name: str) -> Any:
    affine = module.weight is not None
    layer = keras.layers.GroupNormalization(
        module.num_groups, axis=1, epsilon=module.eps, center=affine, scale=affine, name=name
    )
    layer.gamma = _variable(module.weight, "gamma") if affine else None
    layer.beta = _variable(module.bias, "beta") if affine else None
    return _done(layer)


def _maximum(module: Any, name: str) -> Any:
    if module.return_indices:
        return None
    return _pool(MaxPooling2D, module, name, _pair(module.dilation))


def _mean(module: Any, name: str) -> Any:
    return _pool(AveragePooling2D, module, name, (1, 1))


def _pool(kind: Any, module: Any, name: str, dilation: tuple[int, int]) -> Any:
    stride = module.kernel_size if module.stride is None else module.stride
    layer = kind(_pair(module.kernel_size), _pair(stride), data_format=FIRST, name=name)
    layer.padding, layer.dilation_rate = _pair(module.padding), dilation
    vars(layer)["pooled"] = module.forward
    return _done(layer)


def _global(kind: str) -> Callable[[Any, str], Any]:
    def make(module: Any, name: str) -> Any:
        if module.output_size not in (1, (1, 1), [1, 1]) or getattr(
            module, "return_indices", False
        ):
            return None
        return getattr(keras.layers, kind)(data_format=FIRST, keepdims=True, name=name)

    return make


def _flatten(module: Any, name: str) -> Any:
    plain = (module.start_dim, module.end_dim) == (1, -1)
    # Keras would put channels last before it flattens; PyTorch does not.
    return keras.layers.Flatten(data_format="channels_last", name=name) if plain else None


def _upsampling(module: Any, name: str) -> Any:
    factors = module.scale_factor and _pair(module.scale_factor)
    if not factors or module.mode != "nearest" or any(each % 1 for each in factors):
        return None
    return keras.layers.UpSampling2D(tuple(map(int, factors)), data_format=FIRST, name=name)


def _padding(module: Any, name: str) -> Any:
    left, right, top, bottom = module.padding
    if min(module.padding) < 0:
        return None
    sides = ((top, bottom), (left, right))
    return keras.layers.ZeroPadding2D(sides, data_format=FIRST, name=name)


def _softmax(module: Any, name: str) -> Any:
    return None if module.dim is None else keras.layers.Softmax(axis=module.dim, name=name)


def _log_softmax(module: Any, name: str) -> Any:
    last = module.dim in (-1, 1)  # of a vector for each picture
    return keras.layers.Activation(keras.activations.log_softmax, name=name) if last else None


def _activation(function: str) -> Callable[[Any, str], Any]:
    return lambda module, name: keras.layers.Activation(
        getattr(keras.activations, function), name=name
    )


def _gelu(module: Any, name: str) -> Any:
    exact = module.approximate == "none"
    return keras.layers.Activation(keras.activations.gelu if exact else gelu_tanh, name=name)


# A function for each kind of module; it returns None for settings that Keras's layer has not.
MAKERS: dict[type[nn.Module], Callable[[Any, str], Any]] = {
    nn.Conv2d: _convolution,
    nn.Linear: _dense,
    nn.BatchNorm2d: _norm,
    nn.BatchNorm1d: _norm,
    nn.LayerNorm: _layer_norm,
    nn.GroupNorm: _group_norm,
    nn.MaxPool2d: _maximum,
    nn.AvgPool2d: _mean,
    nn.AdaptiveAvgPool2d: _global("GlobalAveragePooling2D"),
    nn.AdaptiveMaxPool2d: _global("GlobalMaxPooling2D"),
    nn.ReLU6: lambda module, name: keras.layers.ReLU(max_value=6.0, name=name),
    nn.ReLU: lambda module, name: keras.layers.ReLU(name=name),
    nn.LeakyReLU: lambda module, name: keras.layers.LeakyReLU(module.negative_slope, name=name),
    nn.ELU: lambda module, name: keras.layers.ELU(module.alpha, name=name),
    nn.GELU: _gelu,
    nn.SiLU: _activation("silu"),
    nn.Mish: _activation("mish"),
    nn.Sigmoid: _activation("sigmoid"),
    nn.Tanh: _activation("tanh"),
    nn.Hardsigmoid: _activation("hard_sigmoid"),
    nn.Hardswish: _activation("hard_silu"),
    nn.Softmax: _softmax,
    nn.LogSoftmax: _log_softmax,
    nn.Flatten: _flatten,
    nn.Dropout: lambda module, name: keras.layers.Dropout(module.p, name=name),
    nn.Dropout2d: lambda module, name: keras.layers.Dropout(module.p, name=name),
    nn.Identity: lambda module, name: keras.layers.Identity(name=name),
    nn.Upsample: _upsampling,
    nn.ZeroPad2d: _padding,
}


def _done(layer: Any) -> Any:
    layer.built = True
    return layer


def _pair(value: Any) -> tuple[Any, Any]:
    return (value, value) if isinstance(value, int | float) else tuple(value)
