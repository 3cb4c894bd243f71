"""Functions and methods that a module's own code calls: ``torch.relu(x)``, ``x + y``, ``F.pad``.

They have no addresses and cannot be captured. In a traced run, those that a layer of Keras computes
as well are known, and with them what happens to rows, columns and channels.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from convscope.networks.modules.exchange import Exchange, tensors
from convscope.networks.modules.layers import layer_of

Called = Callable[[Any, Sequence[Any], Any], None]  # takes a layer, its inputs and its output


class Functions(TorchFunctionMode):
    """Tells of each known function that is called while the mode is on, outside of layers.

    Args:
        exchange: of the call of the model.
        called: is told of the function.
    """

    def __init__(self, exchange: Exchange, called: Called) -> None:
        super().__init__()
        self.exchange, self.called = exchange, called

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        settings: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call the function, and tell of it."""
        settings = settings or {}
        make = MAKERS.get(getattr(function, "__name__", ""))
        if make is None or not self.exchange.in_own_code:
            return function(*args, **settings)
        given = tensors((args, settings))
        inputs = self.exchange.result(given)  # before the function changes one of them
        output = function(*args, **settings)
        if isinstance(output, torch.Tensor):
            layer = make(args, settings, given, output)
            if layer is not None:
                self.called(layer, inputs, self.exchange.stand_in(output))
        return output


class Changed(TorchFunctionMode):
    """Calls functions on a changed argument while the mode is on.

    Args:
        change: from a function's name, arguments and settings to the place of the argument and the
            function that is applied to it before; None for a function that is left as it is.
    """

    def __init__(self, change: Callable[..., tuple[int, Callable[[Any], Any]] | None]) -> None:
        super().__init__()
        self.change = change

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        settings: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call the function, on another argument where there is one."""
        settings = settings or {}
        changed = self.change(getattr(function, "__name__", ""), args, settings)
        if changed is None:
            return function(*args, **settings)
        place, before = changed
        # Copies, for a function that changes its argument in place.
        own = before(args[place].clone()).clone()
        output = function(*args[:place], own, *args[place + 1 :], **settings)
        if own._version == 0:
            return output
        return args[place].copy_(output)


Make = Callable[[tuple[Any, ...], Mapping[str, Any], Sequence[Any], Any], Any]


def _module(kind: type[nn.Module]) -> Make:
    """Return what makes the layer of a module that has the function's settings."""
    known = inspect.signature(kind).parameters

    def make(args: tuple[Any, ...], settings: Mapping[str, Any], given: Any, output: Any) -> Any:
        stated = {key: each for key, each in settings.items() if key in known}
        return layer_of(kind(*args[1:], **stated), [], "function")

    return make


def _plain(kind: Callable[..., nn.Module]) -> Make:
    """Return what makes the layer of an activation function; its settings do not matter here."""
    return lambda *call: layer_of(kind(), [], "function")


def _joining(kind: str) -> Make:
    """Return what makes the layer of a sum or product; with a number there is only one input."""

    def make(args: Any, settings: Any, given: Sequence[Any], output: Any) -> Any:
        # Numbers that are broadcast over a map have no places of their own.
        same = all(each.shape == output.shape for each in given)
        layer = kind if len(given) > 1 else "Identity" if kind == "Add" else "Rescaling"
        if layer == "Rescaling":
            return None
        return getattr(keras.layers, layer)() if same else None

    return make


def _joined(args: Any, settings: Any, given: Any, output: Any) -> Any:
    axis = settings.get("dim", args[1] if len(args) > 1 else 0)
    return keras.layers.Concatenate(axis=axis)


def _reshaped(args: Any, settings: Any, given: Sequence[Any], output: Any) -> Any:
    """Return the layer of a change of shape to a vector for each picture."""
    flat = len(given) == 1 and output.ndim == 2 and len(output) == len(given[0])
    return keras.layers.Flatten(data_format="channels_last") if flat else None


def _averaged(args: Any, settings: Any, given: Sequence[Any], output: Any) -> Any:
    """Return the layer of a mean over rows and columns."""
    axes = settings.get("dim", args[1] if len(args) > 1 else None)
    if not isinstance(axes, tuple | list) or given[0].ndim != 4:
        return None
    if sorted(axis % 4 for axis in axes) != [2, 3]:
        return None
    return keras.layers.GlobalAveragePooling2D(data_format="channels_first")


def _softmax(args: Any, settings: Any, given: Any, output: Any) -> Any:
    axis = settings.get("dim", args[1] if len(args) > 1 else None)
    return None if axis is None else keras.layers.Softmax(axis=axis)


def _permuted(args: Any, settings: Any, given: Any, output: Any) -> Any:
    axes = settings.get("dims", args[1:])
    axes = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple | list) else axes
    whole = len(axes) > 1 and axes[0] == 0 and min(axes) >= 0
    return keras.layers.Permute(tuple(axes[1:])) if whole else None


def _same(*call: Any) -> Any:
    return keras.layers.Identity()


# By the names of the functions, which modules of PyTorch have in several places.
MAKERS: dict[str, Make] = {
    **dict.fromkeys(("relu", "relu_"), _plain(nn.ReLU)),
    **dict.fromkeys(("relu6", "hardtanh", "hardtanh_"), _plain(nn.ReLU6)),
    **dict.fromkeys(("leaky_relu", "leaky_relu_"), _plain(nn.LeakyReLU)),
    **dict.fromkeys(("elu", "elu_", "selu", "celu"), _plain(nn.ELU)),
    **dict.fromkeys(("silu", "silu_"), _plain(nn.SiLU)),
    "gelu": _plain(nn.GELU),
    "mish": _plain(nn.Mish),
    **dict.fromkeys(("hardswish", "hardswish_"), _plain(nn.Hardswish)),
    **dict.fromkeys(("hardsigmoid", "hardsigmoid_"), _plain(nn.Hardsigmoid)),
    **dict.fromkeys(("sigmoid", "sigmoid_"), _plain(nn.Sigmoid)),
    **dict.fromkeys(("tanh", "tanh_"), _plain(nn.Tanh)),
    "max_pool2d": _module(nn.MaxPool2d),
    "avg_pool2d": _module(nn.AvgPool2d),
    "adaptive_avg_pool2d": _module(nn.AdaptiveAvgPool2d),
    "adaptive_max_pool2d": _module(nn.AdaptiveMaxPool2d),
    "mean": _averaged,
    "permute": _permuted,
    "softmax": _softmax,
    **dict.fromkeys(("flatten", "view", "reshape", "squeeze"), _reshaped),
    **dict.fromkeys(("cat", "concat", "concatenate"), _joined),
    **dict.fromkeys(("add", "add_", "__add__", "__radd__", "__iadd__"), _joining("Add")),
    **dict.fromkeys(("sub", "sub_", "__sub__", "__isub__"), _joining("Subtract")),
    **dict.fromkeys(("mul", "mul_", "__mul__", "__rmul__", "__imul__"), _joining("Multiply")),
    **dict.fromkeys(("dropout", "dropout2d", "feature_dropout", "contiguous", "clone"), _same),
    **dict.fromkeys(("clamp", "clamp_", "clip"), _same),
}
