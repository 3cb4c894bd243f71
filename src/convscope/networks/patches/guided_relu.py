"""Guided backpropagation: remove negative gradients at each ReLU in the backward pass."""

import importlib
import numbers
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from convscope.backend import Layer, Model, Tensor, keras, ops
from convscope.networks.layers import flat_layers, operations
from convscope.networks.patches.capture import called_through, has_activation, patched, readable


def rectifiers(model: Model) -> list[tuple[Layer, str]]:
    """Return the layers and operations with a ReLU, and the attribute that computes it."""
    relus = (keras.activations.relu, keras.activations.relu6)
    found = [(each, "call") for each in operations(model) if type(each).__name__ in RELUS]
    for layer in flat_layers(model).values():
        if isinstance(layer, keras.layers.ReLU):
            found.append((layer, "call"))
        elif has_activation(layer) and layer.activation in relus:
            found.append((layer, "activation"))
    return found


RELUS = ("Relu", "Relu6")  # operations of keras.ops, by the name of their class


# Functions that are a ReLU and may be called by plain code, by backend. Those of ``keras.ops``, in
# plain code, in a graph and in layers, call those of the backend's own.
OWN = {
    "tensorflow": ("tensorflow.nn.relu", "tensorflow.nn.relu6"),
    "torch": ("torch.relu", "torch.nn.functional.relu", "torch.nn.functional.relu6"),
    "jax": ("jax.nn.relu", "jax.nn.relu6"),
}


@contextmanager
def guided_relus(model: Model) -> Iterator[list[str]]:
    """Remove negative gradients at each ReLU during a block (Springenberg 2014).

    A ReLU passes back its own slope, which is never negative, times the gradient that reaches it.
    So the gradient can be cut just before it, and the kind and limits of the ReLU do not matter.
    ``maximum(x, 0)`` and ``clip(x, 0, ...)`` count as ReLUs, except before anything trained, where
    they limit the picture's own values.

    Yields:
        The names of the functions that plain code, layers and graphs called so far.
    """
    called: list[str] = []
    trained: list[Any] = []

    def cutting(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda value, *args, **kw: function(_cut(value), *args, **kw)

    def recording(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kw: Any) -> Any:
            place = _rectified(name, args, kw) if trained else None
            if place is not None:
                called.append(name)
                args = (*args[:place], _cut(args[place]), *args[place + 1 :])
            return function(*args, **kw)

        return call

    def replaced(
        name: str, args: tuple[Any, ...], kw: Mapping[str, Any]
    ) -> tuple[int, Callable[[Tensor], Tensor]] | None:
        place = _rectified(name.rstrip("_"), args, kw) if trained else None
        if place is None:
            return None
        called.append(name)
        return place, _cut

    of_torch = hasattr(model, "on_argument")  # its own code also calls methods of tensors

    def listen(original: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        trained.clear()
        with ExitStack() as stack:
            if of_torch:
                stack.enter_context(patched(model, "on_argument", replaced))
            for owner, name in _functions(plain=not of_torch):
                stack.enter_context(patched(owner, name, recording(name, getattr(owner, name))))
            return original(*args, **kw)

    def mark(original: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        output = original(*args, **kw)
        trained.append(True)
        return output

    with readable(model), ExitStack() as stack:
        for layer, name in rectifiers(model):
            stack.enter_context(patched(layer, name, cutting(getattr(layer, name))))
        for layer in flat_layers(model).values():
            if layer.weights:
                stack.enter_context(called_through(layer, mark))
        original = model.call
        stack.enter_context(
            patched(model, "call", lambda *args, **kw: listen(original, *args, **kw))
        )
        yield called


def _functions(plain: bool) -> Iterator[tuple[Any, str]]:
    """Return the functions that may be a ReLU, each as a module and a name in it.

    Args:
        plain: whether those that plain code may call are among them.
    """
    from keras.src import backend

    for name in ("relu", "relu6"):
        yield backend.nn, name
    for name in ("maximum", "clip"):
        yield backend.numpy, name
    for path in OWN.get(keras.backend.backend(), ()) if plain else ():
        module, _, name = path.rpartition(".")
        yield importlib.import_module(module), name


def _rectified(name: str, args: tuple[Any, ...], settings: Mapping[str, Any]) -> int | None:
    """Return the argument of a call that a ReLU is applied to; None if the call is not a ReLU."""
    if name in ("relu", "relu6"):
        return 0 if args else None
    if name in ("clip", "clamp", "clamp_min"):  # the last two are PyTorch's
        low = args[1] if len(args) > 1 else settings.get("x_min", settings.get("min"))
        return 0 if args and _is_zero(low) else None
    if name != "maximum":
        return None
    zeros = [_is_zero(each) for each in args]
    return 1 - zeros.index(True) if len(zeros) == 2 and sum(zeros) == 1 else None


def _is_zero(value: object) -> bool:
    """Return whether a limit is given as zero, and not as a value that is computed."""
    if isinstance(value, np.ndarray):
        return not value.any()
    return isinstance(value, numbers.Real) and value == 0


def _cut(value: Tensor) -> Tensor:
    """Return the value itself, with negative gradients removed."""

    def same(value: Tensor) -> tuple[Tensor, Callable[..., Tensor]]:
        # PyTorch passes the gradient by name, TensorFlow and JAX as the only argument.
        def back(*args: Tensor, upstream: Tensor | None = None) -> Tensor:
            slope = args[0] if upstream is None else upstream
            return ops.where(slope > 0, slope, ops.zeros_like(slope))

        return value, back

    return ops.custom_gradient(same)(value)
