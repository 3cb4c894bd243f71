"""The layers that are shown of a network if none are named."""

from itertools import pairwise

from convscope.networks.layers import LayerInfo, flat_layers
from convscope.networks.network import Network
from convscope.networks.tokens import within

INNER = (
    "Norm",
    "Dropout",
    "Reshape",
    "Attention",
    "Embed",
    "Merging",
)  # kinds of layers that no block ends with


def main_layers(network: Network) -> list[LayerInfo]:
    """Return the convolutions that give maps, and the ends of a transformer's blocks, in order.

    The end of a block is its sum: what the tokens are before the next block. Convolutions inside of
    attention are not among them.
    """
    layers = flat_layers(network.model)
    infos = list(network.layers.values())
    free = [info for info in infos if info.is_map and not within(info.address, layers)]
    attention = [info for info in free if "Attention" in info.kind and info.prefix is not None]
    ends = set()
    for begin, end in pairwise([*map(infos.index, attention), len(infos)]):
        inside = [each for each in infos[begin:end] if each in free and each.prefix is not None]
        sums = [each for each in inside if not _is_inner(each, attention)]
        ends |= {sums[-1].address} if sums else set()
    return [info for info in free if "Conv" in info.kind or info.address in ends]


def _is_inner(info: LayerInfo, attention: list[LayerInfo]) -> bool:
    """Return whether a layer is a part of a block, or several blocks."""
    parts = [each for each in attention if each.address.startswith(f"{info.address}/")]
    return len(parts) > 1 or any(word in info.kind for word in INNER)
