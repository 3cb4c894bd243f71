"""Capture the outputs of chosen layers while a model runs, and stop it after the last of them.

No layer is cloned and no graph is rebuilt, so nested, subclassed and custom models all work. While
the model is called, the ``call`` of a tapped layer (or its ``activation``, for the value before it)
is shadowed in the instance's ``__dict__``, past every ``__setattr__`` hook of Keras and PyTorch.
Afterwards the model is exactly as it was, also after an error.

The thread that changes a model holds one lock from the first change to the last restoration. It is
one lock for all models, because models share layers: a backbone and the classifier around it are
two models. Another thread that calls the model itself gets the model's own functions.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from convscope.backend import Layer, Model, Tensor, keras
from convscope.errors import ModelError
from convscope.networks.tokens import MAPS


@dataclass(frozen=True, order=True)
class Tap:
    """A place to capture: a layer's output, before or after its activation function.

    ``token`` is the number of a token before those of the patches, such as 0 for the class token,
    if this alone is wanted. ``heads`` stands for what the heads of an attention layer give, side by
    side, before the layer mixes them.
    """

    layer: str
    after: bool = False
    token: int = MAPS
    heads: bool = False


PICTURE = Tap("")  # the picture itself, as it is painted: for penalties; no layer has this address


SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")  # what TensorFlow takes

LOCK = threading.RLock()  # held by the thread that has changed a model for a while


class _Enough(BaseException):
    """Ends a call early; not an Exception, so that no framework on the way wraps it."""


def run(
    model: Model,
    inputs: Tensor,
    layers: Mapping[str, Layer],
    taps: frozenset[Tap],
    calls: Mapping[str, int] = MappingProxyType({}),
) -> dict[Tap, Tensor]:
    """Call a model as far as the last of the taps, and return the captured values.

    Args:
        model: a built Keras model.
        inputs: what the model takes; its spatial size may differ from the declared one.
        layers: the model's layers by address.
        taps: the places to capture.
        calls: of a layer that is called several times, which call is captured; the first, 0, for
            layers that are not named.

    Returns:
        The value at each tap, as the layer made it.
    """
    captured: dict[Tap, Tensor] = {}
    count: Counter[Tap] = Counter()

    def record(tap: Tap, value: Tensor) -> Tensor:
        if count[tap] == calls.get(tap.layer, 0):
            captured[tap] = value
        count[tap] += 1
        if len(captured) == len(taps):
            raise _Enough
        return value

    with readable(model), ExitStack() as stack:
        for tap in sorted(taps):
            stack.enter_context(_recording(layers[tap.layer], tap, record))
        with suppress(_Enough):
            model(inputs, training=False)
    missed = [tap.layer for tap in taps if tap not in captured]
    if missed:
        raise ModelError(f"The model does not use these layers when called: {', '.join(missed)}.")
    return captured


def first_tensor(output: Any) -> Any:
    """Return what a layer stands for: its output, or the first of several in a tuple or list.

    Blocks of some transformers give their tokens and, after them, their attention or None.
    """
    several = isinstance(output, tuple | list) and output and keras.ops.is_tensor(output[0])
    return output[0] if several else output


def unwrapped(error: Exception) -> Exception:
    """Return an error, marked so that Keras passes it on without text of its own."""
    error._keras_call_info_injected = True  # type: ignore[attr-defined]
    return error


def has_activation(layer: Layer) -> bool:
    """Return whether a layer ends in an activation function that can be captured before."""
    function = getattr(layer, "activation", None)
    if isinstance(getattr(type(layer), "activation", None), property):
        return False  # cannot be shadowed
    return callable(function) and function is not keras.activations.linear


def is_activation(layer: Layer) -> bool:
    """Return whether a layer, or an operation of ``keras.ops``, is an activation function only."""
    layers = keras.layers
    kinds = (layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.Softmax)
    if isinstance(layer, (layers.Activation, *kinds)):
        return True
    return not isinstance(layer, layers.Layer) and type(layer).__name__ in ACTIVATIONS


# Operations of keras.ops, by the name of their class, that apply a function to each number. Softmax
# does not, but stands where activation functions stand.
# fmt: off
ACTIVATIONS = frozenset((
    "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "Silu", "Mish",
    "Sigmoid", "HardSigmoid", "HardSilu", "HardTanh", "HardShrink", "SoftShrink", "TanhShrink",
    "Threshold", "LogSigmoid", "Softplus", "Softsign", "SparsePlus", "Tanh", "Squareplus",
    "Softmax", "LogSoftmax", "Sparsemax", "SparseSigmoid",
))
# fmt: on


@contextmanager
def patched(thing: object, name: str, value: object) -> Iterator[None]:
    """Shadow an attribute of an object during a block; a function for this thread only."""
    with LOCK:
        own = vars(thing)
        absent = object()
        before = own.get(name, absent)
        own[name] = _here(value, getattr(thing, name)) if callable(value) else value
        try:
            yield
        finally:
            if before is absent:
                del own[name]
            else:
                own[name] = before


def _here(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function for the thread that holds the lock; other threads get the original."""
    owner = threading.get_ident()

    def either(*args: Any, **kw: Any) -> Any:
        mine = threading.get_ident() == owner
        return (function if mine else original)(*args, **kw)

    return either


@contextmanager
def _recording(layer: Layer, tap: Tap, record: Callable[[Tap, Tensor], Tensor]) -> Iterator[None]:
    def record_input(original: Callable[..., Any], first: Tensor, *args: Any, **kw: Any) -> Tensor:
        return original(record(tap, first), *args, **kw)

    if tap.heads and hasattr(layer, "give"):  # attention of a PyTorch module
        give = layer.give
        with patched(layer, "give", lambda heads: give(record(tap, heads))):
            yield
        return
    if tap.heads:  # what mixes them is the last part of Keras's attention
        layer, listen = layer._output_dense, record_input
    elif not tap.after and is_activation(layer):
        listen = record_input
    elif not tap.after and has_activation(layer):
        function = layer.activation
        with patched(layer, "activation", lambda value: function(record(tap, value))):
            yield
        return
    else:

        def record_output(original: Callable[..., Any], *args: Any, **kw: Any) -> Tensor:
            output = original(*args, **kw)
            record(tap, first_tensor(output))
            return output

        listen = record_output

    with called_through(layer, listen):
        yield


@contextmanager
def called_through(layer: Layer, listen: Callable[..., Any]) -> Iterator[None]:
    """Route every call of a layer through ``listen(original, *args, **kw)`` during a block.

    A quantized layer has another function than ``call``.
    """

    def through(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kw: listen(original, *args, **kw)

    with ExitStack() as stack:
        for name in ("call", "quantized_call"):
            stack.enter_context(patched(layer, name, through(getattr(layer, name))))
        yield


@contextmanager
def readable(model: Model) -> Iterator[None]:
    """Prepare a model so that every layer can be captured and a call changes nothing in it.

    - Functional models take pictures of another size than they declare, as convolutions can.
    - Inputs are not cast to the integers that a model declares, so that there are gradients; see
      ``Network.preprocess`` for the rounding.
    - The ``call`` of a compiled function (``tf.function``) is replaced by its Python function.
    - Layers compute once and not again in the backward pass (``keras.RematScope``).
    - Recurrent layers that remember earlier calls start from their reset state.
    - Names that TensorFlow refuses as scopes of a graph, such as 'conv (3x3)', open no scope.
    """
    with ExitStack() as stack:
        for part in [model, *model._flatten_layers(include_self=False)]:
            plain = getattr(part.call, "python_function", None)
            if plain is not None:
                stack.enter_context(patched(part, "call", plain))
            if getattr(part, "_remat_mode", None):
                stack.enter_context(patched(part, "_remat_mode", None))
            if not SCOPE.fullmatch(part.name):
                stack.enter_context(patched(part, "_open_name_scope", nullcontext))
            if getattr(part, "stateful", False) is True:
                stack.enter_context(patched(part, "stateful", False))
            if isinstance(part, keras.Model):
                anything = lambda *args, **kw: None  # noqa: E731
                stack.enter_context(patched(part, "_assert_input_compatibility", anything))
                if any(is_whole(each) for each in getattr(part, "inputs", None) or []):
                    as_given = lambda values: values  # noqa: E731
                    stack.enter_context(patched(part, "_convert_inputs_to_tensors", as_given))
        yield


def is_whole(tensor: Tensor) -> bool:
    """Return whether an input that a model declares has an integer type."""
    return "int" in str(tensor.dtype)
