"""Cut off slopes below zero on the way back through each ReLU; on the way there nothing changes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from convscope.networks.layers import leaves, operations
from convscope.networks.patches.capture import has_activation, shadowed


def rectifiers(model: Any) -> list[tuple[Any, str]]:
    """What is a ReLU or ends in one, layer or operation, with the attribute that computes it."""
    from keras import activations
    from keras import layers as kinds

    found = [(each, "call") for each in operations(model) if type(each).__name__ in RELUS]
    for layer in leaves(model).values():
        if isinstance(layer, kinds.ReLU):
            found.append((layer, "call"))
        elif has_activation(layer) and layer.activation in (activations.relu, activations.relu6):
            found.append((layer, "activation"))
    return found


RELUS = ("Relu", "Relu6")  # operations of keras.ops, by the name of their class


@contextmanager
def guided(model: Any) -> Iterator[None]:
    """Let no slope below zero pass a ReLU on the way back, for a while (Springenberg 2014).

    What a ReLU passes back is its own slope times what reaches it, and its own is never below zero:
    so the cut can be made just before it, and its kind and limits do not matter.
    """

    def cutting(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda value, *args, **kw: function(_cut(value), *args, **kw)

    with ExitStack() as stack:
        for layer, name in rectifiers(model):
            stack.enter_context(shadowed(layer, name, cutting(getattr(layer, name))))
        yield


def _cut(value: Any) -> Any:
    """The value itself; a slope below zero is not passed back."""
    from keras import ops

    def same(value: Any) -> tuple[Any, Callable[..., Any]]:
        # PyTorch hands over the slope by name, TensorFlow and JAX as the only argument.
        def back(*args: Any, upstream: Any = None) -> Any:
            return ops.relu(args[0] if upstream is None else upstream)

        return value, back

    return ops.custom_gradient(same)(value)
