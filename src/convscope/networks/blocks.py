"""The layers that are shown of a network if none are named."""

from itertools import pairwise

from convscope.networks.layers import LayerInfo, flat_layers
from convscope.networks.network import Network
from convscope.networks.tokens import within

# Parts of the names of kinds of layers that no block ends with.
INNER = ("Norm", "Dropout", "Reshape", "Attention", "Embed", "Merging")


def main_layers(network: Network) -> list[LayerInfo]:
    """Return the convolutions that give maps, and the ends of a transformer's blocks, in order.

    Convolutions inside of attention are not among them.
    """
    ends = list(block_ends(network).values())
    return [info for info in _free(network) if "Conv" in info.kind or info in ends]


def block_ends(network: Network) -> dict[str, LayerInfo]:
    """Return the end of each block by the address of its attention: what its tokens become."""
    free, infos = _free(network), list(network.layers.values())
    attention = [info for info in free if "Attention" in info.kind and info.prefix is not None]
    places = [*map(infos.index, attention), len(infos)]
    found = {}
    for info, (begin, end) in zip(attention, pairwise(places), strict=True):
        inside = [each for each in infos[begin:end] if each in free and each.prefix is not None]
        sums = [each for each in inside if not _is_inner(each, attention)]
        if sums:
            found[info.address] = sums[-1]
    return found


def _free(network: Network) -> list[LayerInfo]:
    """Return the layers with maps that are no part of an attention."""
    layers = flat_layers(network.model)
    return [i for i in network.layers.values() if i.is_map and not within(i.address, layers)]


def _is_inner(info: LayerInfo, attention: list[LayerInfo]) -> bool:
    """Return whether a layer is a part of a block, or several blocks."""
    parts = [each for each in attention if each.address.startswith(f"{info.address}/")]
    return len(parts) > 1 or any(word in info.kind for word in INNER)
