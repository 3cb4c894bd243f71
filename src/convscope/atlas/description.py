"""``Description``: what pages say of a network, without the network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from convscope.brief import Brief
from convscope.errors import InputError
from convscope.networks.blocks import main_layers
from convscope.networks.layers import LayerInfo
from convscope.networks.network import Network
from convscope.networks.units import Unit, described


@dataclass(frozen=True)
class Layer(Brief):
    """A layer as pages show it.

    Args:
        address: its address.
        kind: the name of its Keras class; '' if nothing but its channels is known.
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


@dataclass(frozen=True)
class Description(Brief):
    """What pages say of a network.

    Args:
        name: of the network.
        digest: of its weights.
        size: of its input, (height, width).
        preprocessing: in words; '' if nothing but the layers of an atlas is known.
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

    @classmethod
    def of_layers(cls, name: str, digest: str, layers: Mapping[str, int]) -> "Description":
        """Return the description of a network of which little is known.

        Args:
            name: of the network.
            digest: of its weights.
            layers: how many channels each has.
        """
        known = {each: Layer(each, "", (count,), None, True) for each, count in layers.items()}
        return cls(name, digest, (0, 0), "", known, "", None)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain numbers and names."""
        layers = [asdict(layer) for layer in self.layers.values()]
        return {**asdict(self), "layers": layers}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Description":
        """Return a description from what ``as_json`` gave.

        Raises:
            InputError: these are not the values of a description.
        """
        try:
            layers = [_layer(each) for each in values["layers"]]
            labels = values["labels"]
            height, width = map(_whole, values["size"])
            found = cls(
                _text(values["name"]),
                _text(values["digest"]),
                (height, width),
                _text(values["preprocessing"]),
                {layer.address: layer for layer in layers},
                _text(values["head"]),
                None if labels is None else tuple(map(_text, labels)),
            )
            head = found.layers.get(found.head)
            if found.labels is not None and (not head or head.channels != len(found.labels)):
                raise TypeError("other labels than classes")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError.expected(
                "the description of a network", repr(values)[:80], "Try: convscope atlas verify."
            ) from error
        return found

    def describe(self, unit: Unit) -> str:
        """Return a unit's address, with its label if it is a class that has one."""
        return described(unit, self.head, self.labels)

    @property
    def strip(self) -> list[Layer]:
        """The layers of the first page; all layers of a network without the usual ones."""
        found = [layer for layer in self.layers.values() if layer.main]
        return found or list(self.layers.values())

    def _brief(self) -> str:
        return f"{self.name}, {len(self.layers)} layers"


def _is_dense(info: LayerInfo) -> bool:
    return info.kind == "Dense" and not info.is_map


def _layer(values: Mapping[str, Any]) -> Layer:
    field = values["receptive_field"]
    shape = tuple(map(_whole, values["shape"]))
    if not shape or not isinstance(values["main"], bool):
        raise TypeError("no layer")
    return Layer(
        _text(values["address"]),
        _text(values["kind"]),
        shape,
        None if field is None else _whole(field),
        values["main"],
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a whole number")
    return value
