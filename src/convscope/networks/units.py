"""Addresses of what is inside a network: layers, channels, neurons, classes.

block5_conv3              the whole layer
block5_conv3:17           one channel, averaged over space
block5_conv3:17@7,7       one neuron, row 7 and column 7; :17@center is the middle one
block_6:17@cls            a channel of a transformer's class token; :17@token1 of the next one
block5_conv3:0-15         a range; :* is all channels
attention:h5              head 5 of an attention layer; :h0-3, :h* and :h5@cls as for channels
-block5_conv3:17          what the unit is most against
predictions:bee           a class by label, or by index
backbone/block5_conv3:17  a layer inside a nested model
predictions:#38           a class by its index, where a label reads like a number, too
"stage 1: conv":17        a name with : @ or signs in it, in double quotes
predictions:"tea - cup"   a label, never an index; inside of quotes a backslash goes before " and \\
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from convscope.errors import InputError
from convscope.networks.tokens import MAPS, token_name, token_number

Place = tuple[int, int] | str | None  # a row and a column, 'center', or a token's name

LONGEST = 4000  # letters of an address; Python reads no number of more than 4300 digits
QUOTED = r'"(?:[^"\\]|\\.)*"'
_GRAMMAR = re.compile(
    rf"(?P<minus>-)?(?P<layer>{QUOTED}|[^-:@\s\"][^:@\"]*?)"
    rf"(?::(?P<channels>{QUOTED}|[^@\"]+?))?"
    r"(?:@(?P<at>center|cls|token\d{1,4}|\d+,\d+))?"
)
_HEADS = re.compile(r"h(?P<numbers>\d+(?:-\d+)?|\*)")
_COMMA = re.compile(rf"(?<![^,\s]){QUOTED}|(?P<comma>,)")  # quotes open where a part begins
_PLAIN = re.compile(r"[^-:@\s\"*+(),][^:@\"*+(),]*")


@dataclass(frozen=True)
class Address:
    """An address as it was written: one unit or several at once. A network turns it into units.

    Args:
        layer: its name, without quotes.
        channels: "17", "0-15", "*", "#17", "h17" or a label; None for a whole layer.
        at: the place of a neuron, or the name of a token.
        negative: whether the response is to be minimized.
        label: whether ``channels`` was in quotes, and so is a label and not an index.
        text: as it was written.
    """

    layer: str
    channels: str | None = None
    at: Place = None
    negative: bool = False
    label: bool = False
    text: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that a text stands for; every part except the layer is optional.

        Raises:
            InputError: the text is not an address.

        Example:
            >>> Address.parse("-block5_conv3:0-15@center")
            Address(layer='block5_conv3', channels='0-15', at='center', negative=True, label=False)
        """
        if len(text) > LONGEST:
            raise InputError.expected(f"an address of at most {LONGEST:,} letters", "more")
        found = _GRAMMAR.fullmatch(text.strip())
        if not found or (found["at"] and not found["channels"]):
            raise InputError(
                f"Expected a unit such as 'layer', 'layer:17', 'layer:17@7,7', 'layer:0-15', "
                f"'-layer:17' or 'predictions:label'. Received: {text!r}. Names with : @ * or "
                "signs in them are written in double quotes: '\"conv@2\":17'."
            )
        at: Place = None
        if found["at"]:
            row, comma, column = found["at"].partition(",")
            token = token_number(row)
            at = (int(row), int(column)) if comma else row if token == MAPS else token_name(token)
        channels = found["channels"]
        label = bool(channels) and channels.startswith('"')
        return cls(
            layer=unquoted(found["layer"]),
            channels=unquoted(channels) if channels else None,
            at=at,
            negative=bool(found["minus"]),
            label=label,
            text=text.strip(),
        )


def heads_in(channels: str | None) -> str | None:
    """Return the numbers of heads that the part of an address after the colon names, if it does.

    Example:
        >>> heads_in("h0-3"), heads_in("h*"), heads_in("17")
        ('0-3', '*', None)
    """
    found = _HEADS.fullmatch(channels or "")
    return found["numbers"] if found else None


def quoted(name: str) -> str:
    """Return a name as it is written in an address: in quotes if they are needed.

    Example:
        >>> quoted("conv"), quoted("stage 1: conv")
        ('conv', '"stage 1: conv"')
    """
    if _PLAIN.fullmatch(name) and " - " not in name and name == name.strip():
        return name
    return in_quotes(name)


def in_quotes(name: str) -> str:
    """A name in the double quotes of an address.

    Example:
        >>> print(in_quotes('the "big" one'))
        "the \\"big\\" one"
    """
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def layer_stem(text: str) -> str:
    """Return a layer's name, perhaps in quotes, as a part of a file name.

    Example:
        >>> layer_stem('"stage 1, conv"'), layer_stem("backbone/conv")
        ('stage-1-conv', 'backbone.conv')
    """
    return _file_name(unquoted(text))


def _file_name(layer: str) -> str:
    return re.sub(r"[^\w.~-]+", "-", layer.replace("/", ".")).strip("-") or "layer"


def unquoted(text: str) -> str:
    """Return a name without quotes and without the backslashes inside them."""
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def parted(text: str, most: int = -1) -> list[str]:
    """Return the parts of a text between its commas; commas inside quotes do not count.

    Args:
        text: such as 'conv, "stage 1, conv"'.
        most: at how many commas to split, from the left; -1 for all.

    Example:
        >>> parted('conv, "stage 1, conv"')
        ['conv', '"stage 1, conv"']
    """
    found: list[str] = []
    begin = 0
    for comma in _COMMA.finditer(text):
        if len(found) == most:
            break
        if comma["comma"]:
            found.append(text[begin : comma.start()].strip())
            begin = comma.end()
    return [*found, text[begin:].strip()]


def quoted_apart(name: str) -> str:
    """Return a layer's name for a list with commas: in quotes if it would be misread otherwise.

    Example:
        >>> print(quoted_apart("stage 1, conv"), quoted_apart("BiasAdd:0"))
        "stage 1, conv" BiasAdd:0
    """
    return in_quotes(name) if set(name) & set(',"') or name != name.strip() else name


@dataclass(frozen=True)
class Unit:
    """The address of a channel, neuron, head or whole layer; ``str`` and ``parse`` are inverse.

    Args:
        layer: the layer's address.
        channel: the channel's index from 0; None for a head and for the whole layer.
        at: (row, column) of a neuron, or 'center'; 'cls' or 'token1' of a token before those of
            the patches; None for a channel.
        negative: whether the response is to be minimized.
        head: the index, from 0, of a head of an attention layer; None for all else.

    Example:
        >>> str(Unit("block4_conv2", 17, at=(7, 7)))
        'block4_conv2:17@7,7'
    """

    layer: str
    channel: int | None = None
    at: Place = None
    negative: bool = False
    head: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the unit that an address with a number for the channel stands for.

        Args:
            text: such as 'block4_conv2', 'block4_conv2:17' or '-block4_conv2:17@7,7'.

        Raises:
            InputError: the text is not the address of a single unit.

        Example:
            >>> Unit.parse("block4_conv2:17")
            Unit(layer='block4_conv2', channel=17, at=None, negative=False, head=None)
        """
        address = Address.parse(text)
        head = heads_in(address.channels)
        if head is not None and head.isdecimal() and not address.label:
            return cls(address.layer, None, address.at, address.negative, int(head))
        number = address.channels is None or address.channels.isdecimal()
        if not number or address.label:
            raise InputError.expected("one unit, its channel a number", repr(text))
        channel = None if address.channels is None else int(address.channels)
        return cls(address.layer, channel, address.at, address.negative)

    def __str__(self) -> str:
        place = ",".join(map(str, self.at)) if isinstance(self.at, tuple) else self.at
        at = "" if place is None else f"@{place}"
        return f"{'-' if self.negative else ''}{quoted(self.layer)}{self.number}{at}"

    @property
    def number(self) -> str:
        """The part of the address that counts: ':17' of a channel, ':h5' of a head, else ''."""
        if self.head is not None:
            return f":h{self.head}"
        return "" if self.channel is None else f":{self.channel}"

    @property
    def index(self) -> int | None:
        """The index of its channel or head; None for the whole layer."""
        return self.channel if self.head is None else self.head

    @property
    def kind(self) -> str:
        """The kind of unit: 'layer', 'channel', 'neuron', 'head', or a token's name, such as 'cls'.

        A class is a channel. A head is a 'head' at every place and of every token.
        """
        if self.head is not None:
            return "head"
        if self.channel is None:
            return "layer"
        if isinstance(self.at, str) and self.token != MAPS:
            return self.at
        return "neuron" if self.at else "channel"

    @property
    def token(self) -> int:
        """The number of the token that the unit belongs to, or ``tokens.MAPS``."""
        return token_number(self.at)

    @property
    def stem(self) -> str:
        """The unit as a file name: 'block5_conv3-17', 'minus-block5_conv3-17-at-7-7'."""
        text = str(Unit("", self.channel, self.at, head=self.head)).removeprefix('""')
        text = text.replace("@", "-at-").replace(":", "-").replace(",", "-")
        text = f"{_file_name(self.layer)}{text}"
        return f"minus-{text}" if self.negative else text


ALL_HEADS = ":h*"  # after a layer, in the name of the maps of its heads


def unit_of(maps: str, index: int) -> Unit:
    """Return the unit of one map of a layer, or of one map of its heads.

    Args:
        maps: what the maps are called: the address of the layer, or that and ':h*'.
        index: of the channel or head.

    Example:
        >>> str(unit_of("conv", 3)), str(unit_of("attention:h*", 3))
        ('conv:3', 'attention:h3')
    """
    if maps.endswith(ALL_HEADS):
        return Unit(unquoted(maps.removesuffix(ALL_HEADS)), head=index)
    return Unit(maps, index)


def described(unit: Unit, head: str, labels: Sequence[str] | None) -> str:
    """Return a unit's address, with its label if it is a class that has one.

    Args:
        unit: of any layer.
        head: the address of the class layer; '' if there is none.
        labels: of the classes.

    Example:
        >>> described(Unit("predictions", 1), "predictions", ["ant", "bee"])
        'predictions:bee'
    """
    if not labels or unit.layer != head or unit.channel is None or unit.at is not None:
        return str(unit)
    sign, label = "-" if unit.negative else "", labels[unit.channel]
    counts = re.fullmatch(r"[#*\d-]+", label) and label != str(unit.channel)
    name = in_quotes(label) if counts else quoted(label)
    return f"{sign}{quoted(unit.layer)}:{name}"
