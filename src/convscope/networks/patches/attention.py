"""The weights of attention, captured and changed while a model is called.

Keras computes attention in one fused operation that gives no weights, if it can. ``attending``
makes the layers compute it step by step, as they do for ``return_attention_scores``, and hands on
the weights between softmax and values. Afterwards the layers are as before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from convscope.backend import Layer, Tensor
from convscope.networks.layers import keras_kind
from convscope.networks.patches.capture import called_through, patched


def is_readable(layer: Layer) -> bool:
    """Return whether a layer is attention by heads whose weights can be captured.

    It is Keras's, or a PyTorch module's that is computed by ``scaled_dot_product_attention``.
    """
    if hasattr(layer, "weigh"):
        return True
    own = hasattr(layer, "_masked_softmax") and hasattr(layer, "_compute_attention")
    return keras_kind(layer) == "MultiHeadAttention" and own


@contextmanager
def attending(layers: Sequence[Layer], change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Pass the weights of attention through ``change`` during a block, call by call.

    Args:
        layers: each ``is_readable``.
        change: from weights, (n, heads, tokens, tokens), whose rows sum to one, to the weights that
            the values are summed with.
    """

    def stepwise(original: Callable[..., Any]) -> Callable[..., Any]:
        def compute(
            query: Tensor,
            key: Tensor,
            value: Tensor,
            attention_mask: Tensor | None = None,
            training: bool | None = None,
            return_attention_scores: bool = False,
            **settings: Any,
        ) -> Any:
            return original(query, key, value, attention_mask, training, True, **settings)

        return compute

    def weighing(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **settings: change(original(*args, **settings))

    with ExitStack() as stack:
        for layer in layers:
            if hasattr(layer, "weigh"):
                stack.enter_context(patched(layer, "weigh", change))
                continue
            if getattr(layer, "_flash_attention", None):
                stack.enter_context(patched(layer, "_flash_attention", False))
            for name, make in (("_compute_attention", stepwise), ("_masked_softmax", weighing)):
                stack.enter_context(patched(layer, name, make(getattr(layer, name))))
        yield


@contextmanager
def skipping(*ends: Layer) -> Iterator[None]:
    """Give the output of one layer for that of a later one during a block.

    Args:
        *ends: the two layers; none, or the same twice, changes nothing.
    """
    kept: list[Tensor] = []

    def keep(original: Callable[..., Any], *args: Any, **settings: Any) -> Tensor:
        kept[:] = [original(*args, **settings)]
        return kept[0]

    def give(original: Callable[..., Any], *args: Any, **settings: Any) -> Tensor:
        original(*args, **settings)  # parts of it may be captured
        return kept[0]

    with ExitStack() as stack:
        if len(set(map(id, ends))) == 2:
            for layer, listen in zip(ends, (keep, give), strict=True):
                stack.enter_context(called_through(layer, listen))
        yield
