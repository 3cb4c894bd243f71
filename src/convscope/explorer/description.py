"""``Description``: what the pages say of a network, without the network."""

from dataclasses import dataclass

from convscope.brief import Brief
from convscope.networks.blocks import main_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network


@dataclass(frozen=True)
class Layer(Brief):
    """A layer as the pages show it.

    Args:
        address: its address.
        kind: the name of its Keras class.
        shape: (height, width, channels), or (channels,).
        receptive_field: in pixels of the input; None if it is the whole picture.
        main: whether it is in the strip on the first page: convolutions and dense layers.
    """

    address: str
    kind: str
    shape: tuple[int, ...]
    receptive_field: int | None
    main: bool

    @property
    def channels(self) -> int:
        """How many units it has."""
        return self.shape[-1]


@dataclass(frozen=True, eq=False)
class Description(Brief):
    """What the pages say of a network.

    Args:
        name: of the network.
        digest: of its weights.
        size: of its input, (height, width).
        preprocessing: in words.
        layers: all that have channels, by address, in the order in which they run.
        head: the address of the class layer; '' if there is none.
        labels: of the classes; None if they have only numbers.
    """

    name: str
    digest: str
    size: tuple[int, int]
    preprocessing: str
    layers: dict[str, Layer]
    head: str
    labels: tuple[str, ...] | None

    @classmethod
    def of(cls, network: Network) -> "Description":
        """Return the description of a network."""
        main = {info.address for info in main_layers(network)}
        main |= {info.address for info in network.layers.values() if _is_dense(info)}
        head = network.head.address if network.head else ""
        return cls(
            name=network.name,
            digest=network.digest,
            size=network.size,
            preprocessing=network.preprocessing.describe(),
            layers={
                info.address: Layer(
                    info.address,
                    info.kind,
                    info.shape,
                    info.receptive_field,
                    info.address in main or info.address == head,
                )
                for info in network.layers.values()
                if info.channels
            },
            head=head,
            labels=network.labels,
        )

    @property
    def strip(self) -> list[Layer]:
        """The layers of the first page; all layers of a network without the usual ones."""
        found = [layer for layer in self.layers.values() if layer.main]
        return found or list(self.layers.values())

    def _brief(self) -> str:
        return f"{self.name}, {len(self.layers)} layers"


def _is_dense(info: LayerInfo) -> bool:
    return info.kind == "Dense" and not info.is_map
