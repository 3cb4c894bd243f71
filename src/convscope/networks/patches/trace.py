"""A trace of the layer calls in one call of a model."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from convscope.backend import Layer, Model, Tensor, keras
from convscope.brief import Brief
from convscope.networks.patches import capture


@dataclass(frozen=True)
class Call(Brief):
    """One call of a layer.

    Args:
        address: of the layer; '' for a function that a PyTorch module's own code calls.
        layer: the Keras layer, or an operation of a graph; for a function, one that does the same.
        inputs: the tensors that it takes, in order.
        output: what it gives, as it gives it.
        outputs: the tensors in that.
        number: how often the layer was called before.
        again: calls the layer on other inputs, which is not noted; None for a function, and for a
            PyTorch module, whose code may change its inputs.
    """

    address: str
    layer: Layer
    inputs: tuple[Tensor, ...]
    output: Tensor
    outputs: tuple[Tensor, ...]
    number: int
    again: Callable[..., Any] | None = None


def trace(
    model: Model, layers: Mapping[str, Layer], inputs: Tensor, note: Callable[[Call], None]
) -> object:
    """Call a model once, and call ``note`` for each call of its layers, in the order they end.

    All tensors are kept until the end, so that their ``id`` stays unique.

    Args:
        model: a Keras model; it is afterwards as it was.
        layers: its layers by their addresses.
        inputs: what it is called on.
        note: called with each ``Call``.

    Returns:
        What the model returns.
    """
    calls: Counter[str] = Counter()
    kept: list[Any] = [inputs]
    unheard = False
    of_module = hasattr(model, "on_function")

    def tensors(values: object) -> tuple[Any, ...]:
        return tuple(each for each in keras.tree.flatten(values) if keras.ops.is_tensor(each))

    def recorder(address: str, layer: Layer) -> Callable[..., Any]:
        def listen(original: Callable[..., Any], *args: Any, **kw: Any) -> Any:
            def again(*others: Any) -> Any:
                nonlocal unheard
                unheard = True
                try:
                    return original(*others)
                finally:
                    unheard = False

            if unheard:
                return original(*args, **kw)
            given = tensors((args, kw))
            output = original(*args, **kw)
            other = None if of_module else again
            call = Call(address, layer, given, output, tensors(output), calls[address], other)
            calls[address] += 1
            kept.append(call)
            note(call)
            return output

        return listen

    def hear(layer: Layer, given: Sequence[Any], output: Any) -> None:
        call = Call("", layer, tuple(given), output, tensors(output), 0)
        kept.append(call)
        note(call)

    with capture.readable(model), ExitStack() as stack:
        if of_module:
            stack.enter_context(capture.patched(model, "on_function", hear))
        for address, layer in layers.items():
            stack.enter_context(capture.called_through(layer, recorder(address, layer)))
        return model(inputs, training=False)
