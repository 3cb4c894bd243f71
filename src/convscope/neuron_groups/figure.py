"""The figure of factors: a photo in their colours, and a row for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import header, text_layout, tile
from convscope.drawing.header import MARGIN, OVER, PHOTO, Heading, Top
from convscope.drawing.page import Box, Page
from convscope.drawing.style import ACCENT, GRAY, GROUPS, MANY, PALE, colormap, rgb
from convscope.drawing.tile import UNDER
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

# Okabe and Ito (2008), darkest last; more groups than these get hues at even distances.
OPAQUE = 0.85  # how much of a photo its strongest places hide
COVERING = 0.99  # of the places lie within the scale of opacity

NAMES = 176  # width of the column of words
MAP, CHANNEL = 124, 92  # width of a map and of a channel's picture
GAP, BETWEEN = 8, 16
BAR = 6  # height of an effect's bar
WORDS = 86  # height of a group's name, its words and its bar
LISTED = 14  # height of a channel without a picture
WHERE = ("where it fires", "over the photo in gray")
LOOKS = ("what it looks for", "all its channels together")
CHANNELS = ("its strongest channels", "with their shares")
NARROWEST = 560  # of a page, so that the classes have room between the two photos


@dataclass(frozen=True, eq=False)
class Group:
    """One group.

    Args:
        name: what to call it.
        words: a few short lines about it.
        map: (height, width) from 0, how strongly it fires, at any size of the photo's proportions.
        effect: signed, drawn as a bar; or None.
        picture: what it looks for, (height, width, channels) in [0, 1], or None.
        channels: its strongest, (label, value, picture or None).
    """

    name: str
    words: tuple[str, ...]
    map: np.ndarray
    effect: float | None = None
    picture: np.ndarray | None = None
    channels: tuple[tuple[str, str, np.ndarray | None], ...] = ()


def groups(
    photo: np.ndarray, top: Top, some: Sequence[Group], *, title: str, notes: Sequence[str] = ()
) -> "Figure":
    """Return a figure of the photo, its classes, the coloured photo, and a row for every group.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        some: the groups, in order; maps are as large as the photo.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not some:
        raise InputError.expected("at least one group to show", "none")
    layout = _Layout.of(photo, some)
    begin = header.height(photo, notes, layout.width) + UNDER
    head = begin + OVER
    line = layout.height + BETWEEN
    page = Page(layout.width, head + len(some) * line - BETWEEN + MARGIN)
    header.draw(page, photo, top, title, notes, kept=PHOTO + header.GAP)
    colors = hues(len(some))
    limit = reach([group.map for group in some])
    _colored(page, photo, some, colors, limit, begin - UNDER - 18)
    for heading, left, room in layout.columns:
        header.column(page, heading, left, begin, room)
    largest = max((abs(group.effect) for group in some if group.effect is not None), default=0.0)
    for number, (group, color) in enumerate(zip(some, colors, strict=True)):
        y = head + number * line
        _name(page, group, color, largest, y)
        own = colored(photo, [group.map], color[None], limit)
        page.picture(own, Box(layout.map, y, MAP, layout.tall), squares=True)
        if group.picture is not None:
            page.picture(group.picture, Box(layout.looks, y, MAP, layout.tall))
        _channels(page, group, layout, y)
    return page.figure


@dataclass(frozen=True)
class _Layout:
    """Where things stand; there is no column for pictures that no group has.

    Args:
        looking: whether groups have pictures of what they look for.
        small: height of a channel's picture; 0 where channels have none and are listed.
        most: channels of a group.
        tall: height of a map.
    """

    looking: bool
    small: float
    most: int
    tall: float

    map = MARGIN + NAMES
    looks = map + MAP + GAP

    @classmethod
    def of(cls, photo: np.ndarray, some: Sequence[Group]) -> "_Layout":
        """A layout with room for all groups."""
        shape = tile.proportions(photo)
        beside = any(picture is not None for group in some for *_, picture in group.channels)
        return cls(
            looking=any(group.picture is not None for group in some),
            small=round(CHANNEL * shape) if beside else 0,
            most=max(len(group.channels) for group in some),
            tall=round(MAP * shape),
        )

    @property
    def channels(self) -> float:
        """Where the channels begin."""
        return self.map + (1 + self.looking) * (MAP + GAP) + 12

    @property
    def room(self) -> float:
        """For the channels."""
        across = self.most * (CHANNEL + GAP) - GAP if self.small else 0
        return max(across, NARROWEST - MARGIN - self.channels)

    @property
    def width(self) -> float:
        """Of the page."""
        return self.channels + self.room + MARGIN

    @property
    def height(self) -> float:
        """Of a group's row."""
        return max(self.tall, self.small + UNDER if self.small else self.most * LISTED, WORDS)

    @property
    def columns(self) -> list[tuple[Heading, float, float]]:
        """The heading, the left end and the width of each column of pictures."""
        found: list[tuple[Heading, float, float]] = [(WHERE, self.map, MAP)]
        if self.looking:
            found.append((LOOKS, self.looks, MAP))
        if self.most:
            found.append((CHANNELS, self.channels, self.room))
        return found


def hues(count: int) -> np.ndarray:
    """Return so many different colours: (count, 3) in [0, 1]."""
    return rgb(GROUPS[:count]) if count <= len(GROUPS) else colormap(MANY, np.arange(count) / count)


def reach(maps: Sequence[np.ndarray]) -> float:
    """Return the strength that is drawn fully opaque; only the strongest places exceed it."""
    values = np.concatenate([np.ravel(some) for some in maps])
    return float(np.quantile(values, COVERING)) or float(values.max())


def colored(
    photo: np.ndarray, maps: Sequence[np.ndarray], colors: np.ndarray, limit: float
) -> np.ndarray:
    """Return the photo in pale gray under the maps' colours: (height, width, 3) in [0, 1].

    At each place the colours are mixed by the maps' strengths. The opacity follows the strongest
    map.

    Example:
        >>> colored(np.ones((1, 1, 3)), [np.zeros((1, 1))], np.array([[1.0, 0, 0]]), 1.0)[0, 0]
        array([1., 1., 1.])
    """
    gray = photo.mean(axis=2, keepdims=True, dtype="float64")
    pale = np.repeat(0.35 + 0.65 * gray, 3, axis=2)
    strengths = np.maximum(np.stack(maps, axis=2), 0)
    total = strengths.sum(axis=2, keepdims=True)
    mixed = strengths @ colors / np.where(total > 0, total, 1.0)
    share = np.clip(strengths.max(axis=2, keepdims=True) / (limit or 1.0), 0, 1)
    opacity = OPAQUE * share
    seen: np.ndarray = (1 - opacity) * pale + opacity * mixed
    return seen


def _colored(
    page: Page,
    photo: np.ndarray,
    some: Sequence[Group],
    colors: np.ndarray,
    limit: float,
    bottom: float,
) -> None:
    """Draw all groups over the photo, at the right end of the header."""
    tall = PHOTO * tile.proportions(photo)
    box = Box(page.width - MARGIN - PHOTO, bottom - tall, PHOTO, tall)
    together = colored(photo, [group.map for group in some], colors, limit)
    page.picture(together, box, squares=True)
    words = "all factors together" if len(some) > 1 else "the factor"
    page.text(words, box.left + PHOTO, bottom + 2, color=GRAY, align="right")


def _channels(page: Page, group: Group, layout: _Layout, top: float) -> None:
    """Draw a group's strongest channels: their pictures in a row, or a list without pictures."""
    for place, (label, value, picture) in enumerate(group.channels):
        if not layout.small:
            y = top + place * LISTED
            page.text(label, layout.channels, y, size=8.5)
            page.text(value, layout.channels + CHANNEL, y, size=8.5, color=GRAY, align="right")
            continue
        box = Box(layout.channels + place * (CHANNEL + GAP), top, CHANNEL, layout.small)
        if picture is not None:
            page.picture(picture, box)
        tile.draw_label(page, label, value, box)


def _name(page: Page, group: Group, color: np.ndarray, largest: float, top: float) -> None:
    """A swatch of its colour, its name, its words, and its effect as a bar from the middle."""
    swatch = "#" + "".join(f"{round(255 * part):02x}" for part in color)
    page.bar(Box(MARGIN, top + 1, 12, 12), swatch)
    page.text(group.name, MARGIN + 18, top, size=10, bold=True)
    room, y = NAMES - 24, top + 17
    for text in group.words:
        letters = text_layout.fit(text, room, 8.5)
        page.text(letters, MARGIN, y, color=GRAY)
        y += letters.height + 1
    if group.effect is None:
        return
    y += 4
    middle = MARGIN + room / 2
    page.bar(Box(MARGIN, y, room, BAR), PALE)
    long = room / 2 * (abs(group.effect) / largest if largest > 0 else 0.0)
    left = middle if group.effect > 0 else middle - long
    page.bar(Box(left, y, long, BAR), ACCENT if group.effect > 0 else GRAY)
    page.text("against", MARGIN, y + BAR + 1, size=7, color=GRAY)
    page.text("for", MARGIN + room, y + BAR + 1, size=7, color=GRAY, align="right")
