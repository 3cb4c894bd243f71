"""Attribution by attention: which patches the tokens look at that the unit is read from.

A is the attention of one block, (heads, tokens, tokens): a row says how much a token takes from
every token, and sums to one. G is the gradient of the score to A. The tokens that the unit is read
from, such as the class token, are those whose rows in the last block have a gradient; several of
them, as for a mean over all tokens, count alike. A map is as coarse as the grid of patches, and is
enlarged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from convscope import backend
from convscope.attribution.decision import Explanation, Program
from convscope.attribution.heat import AttributionMap
from convscope.attribution.layer_maps import MAPLESS, before_target, of_heads, over_photo
from convscope.backend import Tensor, ops
from convscope.brief import Brief
from convscope.errors import InputError
from convscope.networks.blocks import block_ends
from convscope.networks.layers import LayerInfo, flat_layers
from convscope.networks.patches.attention import attending, is_readable, skipping
from convscope.networks.tokens import within
from convscope.objectives import CompiledObjective

FAINT = 1e-6  # of the largest gradient: less than this is rounding


@dataclass(frozen=True, eq=False)
class Attention(Brief):
    """The attention of all blocks before a unit, and the gradient of its score there.

    Args:
        info: the last attention layer.
        weights: of each block, (heads, tokens, tokens), in the order they run.
        slopes: the gradients, of the same shapes.
    """

    info: LayerInfo
    weights: Sequence[np.ndarray]
    slopes: Sequence[np.ndarray]

    def read(self, relevance: np.ndarray) -> np.ndarray:
        """Return the patches' columns in the rows of the tokens that the unit is read from.

        Args:
            relevance: (tokens, tokens).

        Returns:
            (rows, columns).
        """
        slopes = np.abs(self.slopes[-1]).max(axis=(0, 2))
        return self.laid_out(relevance[slopes >= FAINT * slopes.max()].mean(axis=0))

    def laid_out(self, tokens: np.ndarray) -> np.ndarray:
        """Return a number for each token, (tokens,), as the grid of patches, (rows, columns)."""
        return tokens[self.info.prefix or 0 :].reshape(self.info.shape[:2])


def attention_rollout(decision: Explanation) -> AttributionMap:
    """Attention followed through all blocks (Abnar and Zuidema 2020).

    Each block passes on half of what a token was, and half of what it attends to: the product of
    (mean over heads of A + I) / 2. The score has no part in it, beside the choice of the rows.
    """
    seen = _attention(decision, _blocks(decision))
    return _map(decision, seen, seen.read(rollout(seen.weights)))


def attention_x_gradient(decision: Explanation) -> AttributionMap:
    """Attention, weighted by gradients (Chefer, Gur and Wolf 2021, the rule for self-attention).

    R begins as I. Each block adds what it brings in: R + mean over heads of ReLU(G A) R.
    """
    seen = _attention(decision, _blocks(decision))
    return _map(decision, seen, seen.read(relevance(seen.weights, seen.slopes)))


def legrad(decision: Explanation) -> AttributionMap:
    """Where more attention would raise the score (LeGrad, Bousselham 2024).

    ReLU(G), averaged over heads, rows and blocks. G of a block is of the score that its own output
    gets, as if no block came after it.
    """
    infos = _blocks(decision)
    before, target = before_target(decision)
    ends = block_ends(decision.network)
    if any(info.calls > 1 or ends.get(info.address) not in before for info in infos):
        raise InputError(
            f"LeGrad scores the end of each block, and {target} comes before the end of one, or a "
            "block is called several times. Try: method='attention-x-gradient'."
        )
    last = ends[infos[-1].address].address
    rising = []
    for info in infos:
        seen = _attention(decision, [info], (ends[info.address].address, last))
        rising.append(np.maximum(seen.slopes[0], 0).mean(axis=(0, 1), dtype="float64"))
    return _map(decision, seen, seen.laid_out(np.mean(rising, axis=0)))


def rollout(weights: Sequence[np.ndarray]) -> np.ndarray:
    """Return how much of each token has come to each, (tokens, tokens), from blocks' attention.

    Example:
        >>> rollout([np.array([[[0.0, 1.0], [0.0, 1.0]]])])
        array([[0.5, 0.5],
               [0. , 1. ]])
    """
    found = np.eye(weights[0].shape[-1])
    for each in weights:
        found = (each.mean(axis=0, dtype="float64") + np.eye(len(found))) / 2 @ found
    return found


def relevance(weights: Sequence[np.ndarray], slopes: Sequence[np.ndarray]) -> np.ndarray:
    """Return each token's relevance for each, (tokens, tokens), from attention and gradients."""
    found = np.eye(weights[0].shape[-1])
    for each, slope in zip(weights, slopes, strict=True):
        found = found + np.maximum(slope * each, 0).mean(axis=0, dtype="float64") @ found
    return found


def _map(decision: Explanation, seen: Attention, coarse: np.ndarray) -> AttributionMap:
    return AttributionMap(over_photo(decision, seen.info, coarse))


def _attention(
    decision: Explanation, infos: Sequence[LayerInfo], skipped: tuple[str, ...] = ()
) -> Attention:
    """Run the network once there and back, and return its attention with the gradients.

    Args:
        decision: what is explained.
        infos: the attention layers.
        skipped: two layers; the output of the first is taken for that of the second.
    """
    network = decision.network
    known = flat_layers(network.model)
    layers = [known[info.address] for info in infos]
    skip = [known[address] for address in skipped]
    count = (infos[0].prefix or 0) + infos[0].shape[0] * infos[0].shape[1]
    shapes = [(info.heads, count, count) for info in infos for _ in range(info.calls)]
    ends = list(accumulate((int(np.prod(shape)) for shape in shapes), initial=0))

    def make(bound: CompiledObjective) -> Program:
        def listen(pictures: Tensor, *data: Tensor) -> Sequence[Tensor]:
            def total(nudge: Tensor) -> tuple[Tensor, Tensor]:
                parts = (nudge[:, begin:end] for begin, end in pairwise(ends))
                found: list[Tensor] = []

                def nudged(weights: Tensor) -> Tensor:
                    found.append(ops.reshape(ops.cast(weights, "float32"), (weights.shape[0], -1)))
                    part = ops.reshape(next(parts), weights.shape)
                    return weights + ops.cast(part, weights.dtype)

                with attending(layers, nudged), skipping(*skip):
                    seen = network.forward(pictures, bound.taps)
                return ops.sum(bound.score(seen, data)), ops.concatenate(found, axis=1)

            # The slope to a nudge of nothing is the slope to the attention itself.
            nothing = ops.zeros((pictures.shape[0], ends[-1]), "float32")
            (_, weights), slopes = backend.value_and_gradient(total, nothing)
            return [weights, slopes]

        return listen

    key = ("attention", tuple(info.address for info in infos), skipped)
    parts = [
        [
            part.reshape(shape)
            for part, shape in zip(np.split(flat[0], ends[1:-1]), shapes, strict=True)
        ]
        for flat in decision.run(key, make, [decision.photo])
    ]
    return Attention(infos[-1], *parts)


def _blocks(decision: Explanation) -> list[LayerInfo]:
    """Return the attention layers before the unit, with that of a head itself.

    Attention that cannot be followed is refused.
    """
    network = decision.network
    layers = flat_layers(network.model)
    before, target = before_target(decision)
    own = [network.layers[target]] if target in of_heads(decision) else []
    found = [
        info
        for info in [*before, *own]
        if "Attention" in info.kind and not within(info.address, layers)
    ]
    if not found:
        raise InputError(
            f"{network.name} has no attention before {target}, which this method follows. "
            f"Try: {MAPLESS}."
        )
    for info in found:
        alike = (info.prefix, info.shape[:2]) == (found[0].prefix, found[0].shape[:2])
        if info.prefix is None or not alike or not is_readable(layers[info.address]):
            raise InputError(
                "Attention is followed through keras.layers.MultiHeadAttention, or in PyTorch "
                "torch.nn.MultiheadAttention and modules with fused_attn, among the tokens of one "
                f"grid. Received: {info.address} ({info.kind}). Try: {MAPLESS}."
            )
    return found
