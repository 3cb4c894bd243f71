"""A PyTorch module as a Keras model. The module's own code runs; its submodules are the layers."""

import copy
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import keras
import torch
from torch import nn

from convscope.errors import ModelError
from convscope.networks.modules.exchange import Exchange, tensors
from convscope.networks.modules.functions import Changed, Functions
from convscope.networks.modules.layers import ModuleLayer, layer_of, own_tensors
from convscope.networks.patches.capture import patched, unwrapped

# They only hold modules, or call one after the other: what they give is what the last one gives.
HOLDERS = (nn.Sequential.forward, nn.ModuleList.forward, nn.ModuleDict.forward)


class ModuleModel(keras.Model):
    """A PyTorch module as a Keras model, with a layer for each submodule.

    While it is called, ``forward`` of each submodule is shadowed in the instance's ``__dict__``. A
    layer that nothing listens to computes as the module itself does. There are no hooks, and
    afterwards the module is exactly as before: weights, gradients, flags and mode.

    Args:
        module: a module that takes a batch of pictures, (n, channels, height, width), float32.
        name: the model's name.

    Raises:
        ModelError: the module is compiled, or its weights are of another type or on another device
            than Keras's.
    """

    pictures_have_channels_first = True

    def __init__(self, module: nn.Module, name: str) -> None:
        _check(module, name)
        super().__init__(name=name)
        layers: dict[int, Any] = {}
        # Parts before the modules around them, since these are told what is inside.
        named = dict(module.named_modules())
        for address, part in reversed(named.items()):
            if type(part).forward not in HOLDERS and part is not module:
                inside = [layers[id(each)] for each in part.modules() if id(each) in layers]
                layers[id(part)] = layer_of(part, inside, address)
        alone = module if len(named) == 1 else None  # such as one convolution
        if alone is not None:
            layers[id(alone)] = layer_of(alone, [], type(alone).__name__.lower())
        pairs = [(part, layers[id(part)]) for part in named.values() if id(part) in layers]
        self.parts = [layer for _, layer in pairs]
        self.own = [
            keras.Variable(nn.Parameter(each.detach(), requires_grad=False), name=text)
            for text, each in own_tensors(module)
            if alone is None and each.is_floating_point()
        ]
        # Past the hooks of Keras, which would make a layer of its own of the module.
        self.__dict__.update(module=module, _pairs=pairs, _seen=_fingerprint(module))
        # A trace, and guided backpropagation, put a function here.
        self.__dict__.update(on_function=None, on_argument=None)
        self._build_shapes_dict = {"pictures": (None, _channels(module), None, None)}
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return what the module gives for pictures, (n, channels, height, width)."""
        if _fingerprint(self.module) != self._seen:
            raise unwrapped(
                ModelError(
                    f"{self.name} was moved, cast or rebuilt since it was loaded. Try: cs.load it "
                    "again."
                )
            )
        exchange = Exchange()
        pictures = exchange.give(inputs)
        with ExitStack() as stack:
            for part in self.module.modules():
                if part.training:
                    stack.enter_context(patched(part, "training", False))
            for part, layer in self._pairs:
                through = _through(part, layer, part.forward, exchange)
                stack.enter_context(patched(part, "forward", through))
            if self.on_function is not None:
                stack.enter_context(Functions(exchange, self.on_function))
            if self.on_argument is not None:
                stack.enter_context(Changed(self.on_argument))
            with exchange.own_code(True):
                return exchange.result(self.module(pictures))

    def copied(self) -> "ModuleModel":
        """Return a model of a copy of the module, with weights of its own."""
        return ModuleModel(copy.deepcopy(self.module), self.name)


def _through(
    part: nn.Module, layer: Any, original: Callable[..., Any], exchange: Exchange
) -> Callable[..., Any]:
    """Return the ``forward`` of a submodule that calls its layer, where that is looked at."""

    def forward(*args: Any, **settings: Any) -> Any:
        heard = {"call", "weigh", "give"} & vars(layer).keys()
        if not heard and layer.compute_dtype == layer.variable_dtype:
            return original(*args, **settings)
        with exchange.own_code(False):
            return (through_code if isinstance(layer, ModuleLayer) else through_keras)(
                args, settings
            )

    def through_keras(args: Any, settings: Any) -> Any:
        output = layer(*exchange.take(args), **exchange.take(settings))
        if not getattr(part, "inplace", False):
            return exchange.give(output)
        (taken,) = tensors((args, settings))
        exchange.write(taken, output)
        return taken

    def through_code(args: Any, settings: Any) -> Any:
        copies: list[torch.Tensor] = []

        def on_copies(*args: Any, **settings: Any) -> Any:
            some, more = exchange.give(args), exchange.give(settings)
            copies.extend(tensors((some, more)))
            with exchange.own_code(True):
                return exchange.result(original(*some, **more))

        with patched(layer, "forwarded", on_copies):
            output = exchange.give(layer(*exchange.take(args), **exchange.take(settings)))
        for taken, given in zip(tensors((args, settings)), copies, strict=True):
            if given._version:  # the code changed its copy
                taken.copy_(given)
        return output

    return forward


def _check(module: nn.Module, name: str) -> None:
    """Refuse a module that cannot be listened to, or whose weights do not fit Keras's pictures."""
    if any(isinstance(part, torch.jit.ScriptModule) for part in module.modules()):
        raise ModelError(
            f"{name} is compiled (TorchScript), and nothing inside it can be captured. Try: the "
            "module that it was made of."
        )
    lazy = [each for each in module.parameters() if nn.parameter.is_lazy(each)]
    if lazy:
        raise ModelError(
            f"{name} has lazy layers without weights yet. Call it once on a picture first: "
            "module(torch.zeros(1, channels, height, width))."
        )
    floating = [each for each in _all_tensors(module) if each.is_floating_point()]
    kinds = {str(each.dtype).removeprefix("torch.") for each in floating} - {"float32"}
    if kinds or any(each.is_complex() for each in _all_tensors(module)):
        raise ModelError(
            f"{name} has weights of type {', '.join(sorted(kinds)) or 'complex'}; pictures are "
            "float32. Try: a copy in float32, copy.deepcopy(module).float()."
        )
    home = keras.ops.zeros(1).device
    for each in _all_tensors(module):
        if each.device != home:
            raise ModelError(
                f"{name} has weights on {each.device}, and Keras makes its pictures on {home}. "
                f"Try: module.to({str(home)!r})."
            )


def _all_tensors(module: nn.Module) -> list[torch.Tensor]:
    return tensors([*module.parameters(), *module.buffers()])


def _fingerprint(module: nn.Module) -> tuple[Any, ...]:
    """Return what stays the same as long as a module's parts and the places of its weights do."""
    parts = tuple(id(part) for part in module.modules())
    return parts, tuple(each.data_ptr() for each in _all_tensors(module))


def _channels(module: nn.Module) -> int | None:
    """Return how many channels the first convolution takes; None if there is none."""
    for part in module.modules():
        if isinstance(part, nn.modules.conv._ConvNd):
            return int(part.in_channels)
    return None
