"""A leaky gradient through inactive units, so that an ascent can leave a plateau.

If all the units of a dense layer that matter to a class are below zero, the class has no gradient,
and an ascent from gray cannot start. So in its first steps the backward pass gives inactive ReLUs a
small slope. What the network computes stays the same. (Lucid redirects the gradient of every ReLU
in its first 16 steps for the same reason.)
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from convscope.backend import Layer, Tensor, keras
from convscope.networks.patches.capture import has_activation, patched


@contextmanager
def leaky_relus(layers: Mapping[str, Layer], slope: Tensor) -> Iterator[None]:
    """Give the ReLUs of dense layers an additional ``slope`` in the backward pass during a block.

    Layers with rows and columns are left as they are: a whole map is rarely inactive, and there it
    would cost time.
    """

    def leaky(function: Callable[..., Any]) -> Callable[..., Any]:
        def activate(value: Tensor, *args: Any, **kw: Any) -> Tensor:
            output = function(value, *args, **kw)
            if len(value.shape) != 2:
                return output
            # Zero on the way forward, the slope on the way back.
            nothing = value - keras.ops.stop_gradient(value)
            return output + keras.ops.cast(slope, value.dtype) * nothing

        return activate

    with ExitStack() as stack:
        for layer in layers.values():
            if isinstance(layer, keras.layers.ReLU):
                stack.enter_context(patched(layer, "call", leaky(layer.call)))
            elif has_activation(layer) and layer.activation is keras.activations.relu:
                stack.enter_context(patched(layer, "activation", leaky(layer.activation)))
        yield
