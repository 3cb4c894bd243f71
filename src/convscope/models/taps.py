"""Watch chosen layers while a model runs, and stop it when the last of them has spoken.

No layer is cloned and no graph rebuilt, so nested, subclassed and custom models are all the same
to us. While the model is called, the wanted layers' ``call`` (or ``activation``, for the value
before it) is shadowed in the instance's ``__dict__``, past every ``__setattr__`` hook of Keras
and PyTorch; afterwards the model is exactly as it was, also when something raised.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from convscope.errors import ModelError


@dataclass(frozen=True, order=True)
class Tap:
    """Where to listen: a layer's address, before its activation function or after it."""

    layer: str
    after: bool = False


PICTURE = Tap("")  # the picture itself, as it is painted: for penalties; no layer has this address


class _Enough(BaseException):
    """Ends a call early; not an Exception, so that no framework on the way rewraps it."""


def run(model: Any, inputs: Any, layers: Mapping[str, Any], taps: frozenset[Tap]) -> dict[Tap, Any]:
    """Call a model as far as the last of the taps.

    Args:
        model: a built Keras model.
        inputs: what the model takes; its spatial size may differ from the declared one.
        layers: the model's layers by address.
        taps: where to listen. A layer that is called several times is heard the first time.

    Returns:
        The value at each tap, as the layer made it.
    """
    heard: dict[Tap, Any] = {}

    def hear(tap: Tap, value: Any) -> Any:
        heard.setdefault(tap, value)
        if len(heard) == len(taps):
            raise _Enough
        return value

    with ExitStack() as stack:
        for tap in sorted(taps):
            stack.enter_context(_listening(layers[tap.layer], tap, hear))
        stack.enter_context(_any_size(model))
        with suppress(_Enough):
            model(inputs, training=False)
    missed = [tap.layer for tap in taps if tap not in heard]
    if missed:
        raise ModelError(f"The model does not use these layers when called: {', '.join(missed)}.")
    return heard


def has_activation(layer: Any) -> bool:
    """Whether a layer ends in an activation function of its own that we can listen before."""
    import keras

    function = getattr(layer, "activation", None)
    if isinstance(getattr(type(layer), "activation", None), property):
        return False  # cannot be shadowed
    return callable(function) and function is not keras.activations.linear


def is_activation(layer: Any) -> bool:
    """Whether a layer is nothing but an activation function."""
    from keras import layers

    kinds = (layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.Softmax)
    return isinstance(layer, (layers.Activation, *kinds))


@contextmanager
def shadowed(thing: Any, name: str, value: Any) -> Iterator[None]:
    """Put an attribute before an object's own for a while."""
    own = vars(thing)
    absent = object()
    before = own.get(name, absent)
    own[name] = value
    try:
        yield
    finally:
        if before is absent:
            del own[name]
        else:
            own[name] = before


@contextmanager
def _listening(layer: Any, tap: Tap, hear: Callable[[Tap, Any], Any]) -> Iterator[None]:
    if not tap.after and is_activation(layer):

        def listen_to_input(original: Callable[..., Any], first: Any, *args: Any, **kw: Any) -> Any:
            return original(hear(tap, first), *args, **kw)

        listen = listen_to_input
    elif not tap.after and has_activation(layer):
        function = layer.activation
        with shadowed(layer, "activation", lambda value: function(hear(tap, value))):
            yield
        return
    else:

        def listen_to_output(original: Callable[..., Any], *args: Any, **kw: Any) -> Any:
            return hear(tap, original(*args, **kw))

        listen = listen_to_output

    with ExitStack() as stack:
        for name in ("call", "quantized_call"):
            stack.enter_context(_wrapped(layer, name, listen))
        yield


@contextmanager
def _wrapped(layer: Any, name: str, listen: Callable[..., Any]) -> Iterator[None]:
    original = getattr(layer, name)
    with shadowed(layer, name, lambda *args, **kw: listen(original, *args, **kw)):
        yield


@contextmanager
def _any_size(model: Any) -> Iterator[None]:
    """Let functional models take pictures of another size than they declare: convolutions can."""
    import keras

    with ExitStack() as stack:
        for part in [model, *model._flatten_layers(include_self=False)]:
            if isinstance(part, keras.Model):
                anything = lambda *args, **kw: None  # noqa: E731
                stack.enter_context(shadowed(part, "_assert_input_compatibility", anything))
        yield
