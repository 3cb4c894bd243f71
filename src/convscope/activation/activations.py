"""``activations``: how each layer of a network responds to a photo."""

from collections.abc import Sequence
from types import MappingProxyType

from convscope.activation.layers import resolve_maps
from convscope.activation.result import Activations, Kernels
from convscope.backend import to_numpy
from convscope.images import PhotoLike
from convscope.networks import layers as models_layers
from convscope.networks.blocks import main_layers
from convscope.networks.network import Network
from convscope.networks.photo import to_input
from convscope.networks.provenance import source


def activations(
    network: Network, photo: PhotoLike, layers: str | Sequence[str] | None = None
) -> Activations:
    """Return how the layers of a network respond to a photo, after their activation functions.

    Args:
        network: from ``convscope.load``.
        photo: a path, a Pillow image or an array; its middle is cropped to the network's size.
        layers: addresses of layers that have rows and columns; all convolutions by default. Where
            ReLU is a layer of its own, a convolution's response is the value before it. Such as
            'attention:h*' stands for the heads of an attention layer: a map for each, of the mean
            square of what it gives at each token.

    Returns:
        The maps of each layer, (height, width, channels), with the ranking of their channels, the
        likeliest classes, and the kernels of the first convolution.

    Raises:
        InputError: a layer has no rows and columns, or the photo cannot be used.
        UnknownName: no layer has this name.

    Example:
        ``cs.activations(network, "photo.jpg").figure().savefig("layers.png")``
    """
    taps = resolve_maps(network, layers)
    picture = to_input(network, photo)
    seen = network.activations(picture[None], list(taps.values()))
    return Activations(
        photo=picture,
        maps=MappingProxyType({name: seen[tap][0] for name, tap in taps.items()}),
        top=network.opinion(picture),
        network=network.name,
        kernels=_first_kernels(network),
        source=MappingProxyType(source(network, photo)),
    )


def _first_kernels(network: Network) -> Kernels | None:
    """The kernels of the first convolution, if they are small pictures: RGB or gray."""
    first = next(iter(main_layers(network)), None)
    if first is None or network.channels not in (1, 3):
        return None
    kernel = getattr(models_layers.flat_layers(network.model)[first.address], "kernel", None)
    if kernel is None or tuple(kernel.shape[2:]) != (network.channels, first.channels):
        return None  # it comes later than the photo's own channels, or is a depthwise one
    weights = to_numpy(kernel, "float32")
    return Kernels(first.address, weights[:, :, ::-1] if network.preprocessing.bgr else weights)
