"""Addresses of what is inside a network: layers, channels, neurons, classes.

block5_conv3              the whole layer
block5_conv3:17           one channel, averaged over space
block5_conv3:17@7,7       one neuron, row 7 and column 7; :17@center is the middle one
block5_conv3:0-15         a range; :* is all channels
-block5_conv3:17          what the unit is most against
predictions:bee           a class by label, or by index
backbone/block5_conv3:17  a layer inside a nested model
"""

import re
from dataclasses import dataclass
from typing import Literal, Self

from convscope.errors import InputError

Place = tuple[int, int] | Literal["center"] | None

_GRAMMAR = re.compile(
    r"(?P<minus>-)?(?P<layer>[^-:@\s][^:@]*?)"
    r"(?::(?P<channels>[^@]+?))?"
    r"(?:@(?P<at>center|\d+,\d+))?"
)


@dataclass(frozen=True)
class Address:
    """What was written: one unit, or several at once. A network turns it into units."""

    layer: str
    channels: str | None = None  # "17", "0-15", "*" or a label
    at: Place = None
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; every part but the layer may be missing.

        Example:
            >>> Address.parse("-block5_conv3:0-15@center")
            Address(layer='block5_conv3', channels='0-15', at='center', negative=True)
        """
        found = _GRAMMAR.fullmatch(text.strip())
        if not found or (found["at"] and not found["channels"]):
            raise InputError(
                f"Expected a unit such as 'layer', 'layer:17', 'layer:17@7,7', 'layer:0-15', "
                f"'-layer:17' or 'predictions:label'. Received: {text!r}."
            )
        at: Place = None
        if found["at"]:
            row, _, column = found["at"].partition(",")
            at = "center" if row == "center" else (int(row), int(column))
        return cls(found["layer"], found["channels"], at, bool(found["minus"]))


@dataclass(frozen=True)
class Unit:
    """One channel or neuron of one layer, or the whole layer; printing and parsing are inverse."""

    layer: str
    channel: int | None = None
    at: Place = None
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the address of a single unit, its channel as a number.

        Example:
            >>> Unit.parse("block4_conv2:17")
            Unit(layer='block4_conv2', channel=17, at=None, negative=False)
        """
        address = Address.parse(text)
        if address.channels is not None and not address.channels.isdecimal():
            raise InputError(f"Expected one unit, its channel a number. Received: {text!r}.")
        channel = None if address.channels is None else int(address.channels)
        return cls(address.layer, channel, address.at, address.negative)

    def __str__(self) -> str:
        channel = "" if self.channel is None else f":{self.channel}"
        place = ",".join(map(str, self.at)) if isinstance(self.at, tuple) else self.at
        at = "" if place is None else f"@{place}"
        return f"{'-' if self.negative else ''}{self.layer}{channel}{at}"

    @property
    def kind(self) -> Literal["layer", "channel", "neuron"]:
        """What sort of unit it is; a class is a channel of a layer without space."""
        if self.channel is None:
            return "layer"
        return "neuron" if self.at else "channel"

    @property
    def stem(self) -> str:
        """The unit as a file name: 'block5_conv3-17', 'minus-block5_conv3-17-at-7-7'."""
        text = str(Unit(self.layer, self.channel, self.at))
        text = text.replace("@", "-at-").replace(":", "-").replace(",", "-").replace("/", ".")
        return f"minus-{text}" if self.negative else text
