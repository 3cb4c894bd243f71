"""The verb: a photo goes in, what every layer makes of it comes out."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from convscope.activation.layers import chosen, convolutions
from convscope.activation.result import Activations, Kernels
from convscope.networks import layers as models_layers
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import fed
from convscope.networks.provenance import source


def activations(
    network: Network, photo: Any, layers: str | Sequence[str] | None = None
) -> Activations:
    """Show a network a photo and keep what its layers answer, after their activation functions.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layers: addresses of layers that give maps; all convolutions by default. Where ReLU is a
            layer of its own, a convolution's answer is what goes into it.

    Raises:
        InputError: there is no such layer, it gives no maps, or the photo cannot be used.

    Example:
        ``cs.activations(network, "photo.jpg").figure().savefig("layers.png")``
    """
    infos = chosen(network, layers)
    picture = fed(network, photo)
    batch = picture[None]
    taps = {info.address: Tap(info.address, after=True) for info in infos}
    seen = network.look(batch, list(taps.values()))
    top = network.top(network.probabilities(batch)[0]) if network.classifies else []
    return Activations(
        photo=picture,
        maps=MappingProxyType({address: seen[tap][0] for address, tap in taps.items()}),
        top=tuple(top),
        network=network.name,
        kernels=_first_kernels(network),
        source=MappingProxyType(source(network, photo)),
    )


def _first_kernels(network: Network) -> Kernels | None:
    """The kernels of the first convolution, if they are small pictures: RGB or gray."""
    first = next(iter(convolutions(network)), None)
    if first is None or network.channels not in (1, 3):
        return None
    kernel = getattr(models_layers.leaves(network.model)[first.address], "kernel", None)
    if kernel is None or tuple(kernel.shape[2:]) != (network.channels, first.channels):
        return None  # it comes later than the photo's own channels, or is a depthwise one
    from keras import ops

    weights = np.array(ops.convert_to_numpy(kernel), "float32")
    return Kernels(first.address, weights[:, :, ::-1] if network.preprocessing.bgr else weights)
