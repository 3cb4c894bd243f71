"""Attention that a PyTorch module computes by ``scaled_dot_product_attention``, step by step.

PyTorch's function gives no weights. While a module is called, another function stands for it, which
computes the same and hands on the weights and the heads' outputs.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from convscope.networks.patches.capture import patched

Change = Callable[[Any], Any]


def unchanged(values: Any) -> Any:
    """Return what is given: where nobody listens."""
    return values


def head_count(module: nn.Module) -> int:
    """Return the number of heads of attention by that function; 0 for any other module.

    These are ``torch.nn.MultiheadAttention`` with the pictures on the first axis, and modules that
    say so by ``fused_attn``, as timm's do.
    """
    known = isinstance(module, nn.MultiheadAttention) and module.batch_first
    fused = getattr(module, "fused_attn", False) is True
    return int(getattr(module, "num_heads", 0)) if known or fused else 0


@contextmanager
def stepwise(weigh: Change, give: Change) -> Iterator[None]:
    """Compute the attention of PyTorch step by step during a block.

    Args:
        weigh: from weights, (n, heads, tokens, tokens), whose rows sum to one, to the weights that
            the values are summed with.
        give: from these sums, (n, tokens, heads, numbers), to those that are given on.
    """

    def compute(
        query: Any,
        key: Any,
        value: Any,
        attn_mask: Any = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Any:
        if enable_gqa:  # several heads of queries share one of keys and values
            key, value = (
                each.repeat_interleave(query.shape[-3] // each.shape[-3], -3)
                for each in (key, value)
            )
        scores = query @ key.transpose(-2, -1) * (scale or 1 / math.sqrt(query.shape[-1]))
        if is_causal:
            attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        if attn_mask is not None:
            shut = attn_mask.dtype == torch.bool
            scores = scores.masked_fill(~attn_mask, -math.inf) if shut else scores + attn_mask
        given = weigh(scores.softmax(-1)) @ value
        return give(given.transpose(-3, -2)).transpose(-3, -2)

    fast = torch.backends.mha.get_fastpath_enabled()  # a kernel that calls no such function
    with patched(functional, "scaled_dot_product_attention", compute):
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            yield
        finally:
            torch.backends.mha.set_fastpath_enabled(fast)
