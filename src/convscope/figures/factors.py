"""A photo in the colours of the groups that a layer's answer falls into, and each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convscope.errors import InputError
from convscope.figures import header, lettering, tile
from convscope.figures.header import MARGIN, PHOTO, Top
from convscope.figures.page import ACCENT, GRAY, PALE, Box, Page
from convscope.figures.tile import UNDER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito (2008), darkest last; more groups than these get hues at even distances.
HUES = ("#E69F00", "#0072B2", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#7A5195")
OPAQUE = 0.85  # how much of a photo its strongest places hide
COVERING = 0.99  # of the places lie within the scale of opacity

NAMES = 176  # width of the column of words
MAP, CHANNEL = 124, 92  # width of a map and of a channel's picture
GAP, BETWEEN = 8, 16
BAR = 6  # height of an effect's bar


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
    """The photo and the likeliest classes, the photo coloured, then a row for every group.

    Args:
        photo: (height, width, channels) in [0, 1], as the network was fed it.
        top: (index, label, probability) of the likeliest classes, best first; may be empty.
        some: the groups, in order; maps are as large as the photo.
        title: one line.
        notes: what to know to read the figure, a sentence or two each.
    """
    if not some:
        raise InputError("Expected at least one group to show. Received: none.")
    shape = tile.proportions(photo)
    tall, small = round(MAP * shape), round(CHANNEL * shape)
    most = max(3, *(len(group.channels) for group in some))
    width = 2 * MARGIN + NAMES + 2 * (MAP + GAP) + 12 + most * (CHANNEL + GAP) - GAP
    head = header.height(photo, notes, width)
    line = max(tall, small + UNDER, 76) + BETWEEN
    page = Page(width, head + len(some) * line + MARGIN)
    header.draw(page, photo, top, title, notes)
    colours = hues(len(some))
    limit = reach([group.map for group in some])
    _coloured(page, photo, some, colours, limit, head)
    largest = max((abs(group.effect) for group in some if group.effect is not None), default=0.0)
    for number, (group, colour) in enumerate(zip(some, colours, strict=True)):
        y = head + number * line
        _name(page, group, colour, largest, y)
        left: float = MARGIN + NAMES
        own = coloured(photo, [group.map], colour[None], limit)
        page.picture(own, Box(left, y, MAP, tall))
        left += MAP + GAP
        if group.picture is not None:
            page.picture(group.picture, Box(left, y, MAP, tall))
        left += MAP + GAP + 12
        for label, value, picture in group.channels:
            box = Box(left, y, CHANNEL, small if picture is not None else 0)
            if picture is not None:
                page.picture(picture, box)
            tile.draw_label(page, label, value, box)
            left += CHANNEL + GAP
    return page.figure


def hues(count: int) -> np.ndarray:
    """So many colours that are told apart: (count, 3) in [0, 1]."""
    from matplotlib import colormaps, colors

    if count <= len(HUES):
        return np.array([colors.to_rgb(text) for text in HUES[:count]])
    return np.asarray(colormaps["hsv"](np.arange(count) / count))[:, :3]


def reach(maps: Sequence[np.ndarray]) -> float:
    """The strength that is drawn fully opaque: all but the strongest places of all maps."""
    values = np.concatenate([np.ravel(some) for some in maps])
    return float(np.quantile(values, COVERING)) or float(values.max())


def coloured(
    photo: np.ndarray, maps: Sequence[np.ndarray], colours: np.ndarray, limit: float
) -> np.ndarray:
    """The photo in pale gray under the maps' colours: (height, width, 3) in [0, 1].

    At each place the colours are mixed by the maps' strengths there; the stronger the strongest is,
    the more opaque they are.

    Example:
        >>> coloured(np.ones((1, 1, 3)), [np.zeros((1, 1))], np.array([[1.0, 0, 0]]), 1.0)[0, 0]
        array([1., 1., 1.])
    """
    gray = photo.mean(axis=2, keepdims=True, dtype="float64")
    pale = np.repeat(0.35 + 0.65 * gray, 3, axis=2)
    strengths = np.maximum(np.stack(maps, axis=2), 0)
    total = strengths.sum(axis=2, keepdims=True)
    mixed = strengths @ colours / np.where(total > 0, total, 1.0)
    share = np.clip(strengths.max(axis=2, keepdims=True) / (limit or 1.0), 0, 1)
    opacity = OPAQUE * share
    seen: np.ndarray = (1 - opacity) * pale + opacity * mixed
    return seen


def _coloured(
    page: Page,
    photo: np.ndarray,
    some: Sequence[Group],
    colours: np.ndarray,
    limit: float,
    head: float,
) -> None:
    """All groups over the photo, at the right end of the head."""
    tall = PHOTO * tile.proportions(photo)
    box = Box(page.width - MARGIN - PHOTO, head - 18 - tall, PHOTO, tall)
    page.picture(coloured(photo, [group.map for group in some], colours, limit), box)


def _name(page: Page, group: Group, colour: np.ndarray, largest: float, top: float) -> None:
    """A swatch of its colour, its name, its words, and its effect as a bar from the middle."""
    swatch = "#" + "".join(f"{round(255 * part):02x}" for part in colour)
    page.bar(Box(MARGIN, top + 1, 12, 12), swatch)
    page.text(group.name, MARGIN + 18, top, size=10, bold=True)
    room, y = NAMES - 24, top + 17
    for text in group.words:
        letters = lettering.fit(text, room, 8.5)
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
