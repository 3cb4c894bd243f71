"""The figure and the frames of a training film."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.charts import count_axis
from convscope.drawing.frame import fitted, redrawn
from convscope.drawing.glyphs import FAMILY
from convscope.drawing.page import Box, Page
from convscope.drawing.style import (
    ACCENT,
    DPI,
    GRAY,
    INK,
    LAYERS,
    POINTS,
    SECOND,
    colormap,
    hexadecimal,
)
from convscope.images import Picture, channel_strip, from_bytes, to_bytes
from convscope.spacing import evenly
from convscope.training_films.curve import VALIDATION, Curve

if TYPE_CHECKING:
    from convscope.drawing import Figure
    from convscope.drawing.charts import Axes

PALER = 0.3
EARLY = 0.25  # if half of the moments are within this share of the time, the axis is logarithmic

# The figure, in points.
MARGIN, GAP = 16, 5
NAME, LEGEND = 104, 118  # width of a row's label, and of the layers' names beside their lines
TILE, WIDEST = 60, 12  # width of a picture, and how many columns there is room for
PLOT, UNDER = 104, 44  # height of a plot, and of what is written below it

# A frame of the film: 880 pixels wide, as wide as a README shows.
FRAME, ACROSS, LARGEST = 440, 6, 128
HEAD, CURVE, AXIS = 34, 84, 34


@dataclass(frozen=True, eq=False)
class Story:
    """What is drawn.

    Args:
        rows: what each unit is called, from early layers to late ones.
        pictures: for each unit one a moment, (height, width, channels) in [0, 1].
        moments: what they are called: 'batch 37'.
        at: when they were, rising.
        curve: what ``at`` counts, and lines of at most two measures, each perhaps on validation
            pictures, too.
        settling: for each layer one number a moment, in [-1, 1].
        network: what it is called.
    """

    rows: Sequence[str]
    pictures: Sequence[Sequence[Picture]]
    moments: Sequence[str]
    at: Sequence[float]
    curve: Curve
    settling: Mapping[str, Sequence[float]]
    network: str

    @property
    def proportion(self) -> float:
        """The largest height over width of a picture as it is shown, within reason."""
        sides = [channel_strip(row[0]).shape for row in self.pictures]
        return float(np.clip(max(side[0] / side[1] for side in sides), 0.25, 4))


# ------------------------------------------------------------------------------ the still figure


def learning(story: Story) -> "Figure":
    """Return a figure: a row for each unit, a column for each moment, curve and convergence.

    If there are more moments than fit, some are shown, evenly chosen.
    """
    shown = evenly(len(story.moments), WIDEST)
    tall = TILE * story.proportion
    # Wide enough for plots, if there are few moments.
    wide = max(len(shown) * (TILE + GAP) - GAP, 6 * (TILE + GAP))
    left, top = MARGIN + NAME + 8, MARGIN + 62
    below = top + len(story.rows) * (tall + GAP) + 14
    plots = [bool(story.curve.lines), len(story.moments) > 1 and bool(story.settling)]
    height = below + sum(plots) * (PLOT + UNDER) + MARGIN - 8
    page = Page(left + wide + 8 + LEGEND + MARGIN, height)
    _heading(page, story, shown)
    for place, moment in enumerate(shown):
        across = left + place * (TILE + GAP)
        number = text_layout.fit(f"{story.at[moment]:,.0f}", TILE, 8)
        page.text(number, across + TILE / 2, top - 14, align="center", color=GRAY)
        for row, pictures in enumerate(story.pictures):
            box = Box(across, top + row * (tall + GAP), TILE, tall)
            page.picture(pictures[moment], box)
    page.text(f"{_plural(story.curve.counts)} done", MARGIN, top - 14, size=8, color=GRAY)
    for row, label in enumerate(story.rows):
        name = text_layout.fit(label, NAME, 8.5, lines=3)
        middle = top + row * (tall + GAP) + tall / 2
        page.text(name, MARGIN, middle - name.height / 2)
    if plots[0]:
        _curve(page, story, Box(left, below, wide, PLOT), size=8)
        below += PLOT + UNDER
    if plots[1]:
        _settling(page, story, Box(left, below, wide, PLOT))
    return page.figure


def _heading(page: Page, story: Story, shown: Sequence[int]) -> None:
    room = page.width - 2 * MARGIN
    title = f"What {story.network} looks for during its training"
    page.text(text_layout.fit(title, room, 13, bold=True), MARGIN, MARGIN - 2, bold=True)
    some = "" if len(shown) == len(story.moments) else f"{len(shown)} of the "
    texts = (
        f"{some}{len(story.moments)} moments; all pictures of a unit start from the same noise; "
        "early layers at the top."
    )
    page.text(text_layout.fit(texts, room, 9), MARGIN, MARGIN + 18, color=GRAY)


def _settling(page: Page, story: Story, box: Box) -> None:
    """A line a layer, early ones dark, with their names beside."""
    axes = page.axes(box)
    _time(axes, story, 8)
    axes.set_ylim(min(0.0, *(min(_finite(line)) for line in story.settling.values())) - 0.04, 1.04)
    axes.set_ylabel("correlation with the end", fontproperties=text_layout.font(8), color=INK)
    colors = colormap(LAYERS, np.linspace(0, 0.9, len(story.settling)))
    line = min(13.0, (box.height + 20) / len(story.settling))
    for place, (layer, values) in enumerate(story.settling.items()):
        color = hexadecimal(colors[place])
        axes.plot(story.at, values, color=color, linewidth=1.6, marker=".", markersize=4)
        name = text_layout.fit(layer, LEGEND - 20, min(8.0, 0.75 * line))
        left, top = box.left + box.width + 14, box.top + place * line
        page.bar(Box(left, top + line / 2 - 1, 10, 2), color)
        page.text(name, left + 16, top + (line - name.height) / 2)


# ------------------------------------------------------------------------------------- the film


def frames(story: Story) -> Iterator[Picture]:
    """Yield a frame for each moment: (height, 880, 3), all with the same layout."""
    count = len(story.rows)
    columns = min(count, math.ceil(count / math.ceil(count / ACROSS)))
    side = min(LARGEST, (FRAME - 2 * MARGIN + GAP) / columns - GAP)
    tall = side * story.proportion
    names = [text_layout.fit(row, side, 7.5, lines=2) for row in story.rows]
    line = tall + max(name.height for name in names) + 8
    start = (FRAME - columns * (side + GAP) + GAP) / 2
    down = math.ceil(count / columns)
    bottom = HEAD + down * line + 6
    height = bottom + (CURVE + AXIS + 10 if story.curve.lines else 6)
    boxes = [
        Box(start + (row % columns) * (side + GAP), HEAD + row // columns * line, side, tall)
        for row in range(count)
    ]
    page = Page(FRAME, height)
    for name, box in zip(names, boxes, strict=True):
        page.text(name, box.left + side / 2, box.top + tall + 3, align="center", color=GRAY)
    network = text_layout.fit(story.network, FRAME / 3, 8)
    page.text(network, FRAME - MARGIN, 13, align="right", color=GRAY)
    moving = _Moving(page, story, Box(MARGIN + 34, bottom + 6, FRAME - 2 * MARGIN - 76, CURVE))
    for index, drawn in enumerate(redrawn(page.figure, len(story.moments), moving.at)):
        whole = from_bytes(drawn)
        for row, box in enumerate(boxes):
            _paste(whole, story.pictures[row][index], box)
        yield whole


class _Moving:
    """What differs from frame to frame, besides the pictures: words, and where the curve is."""

    def __init__(self, page: Page, story: Story, box: Box) -> None:
        self.story = story
        # As wide as the longest words there will be.
        longest = max((self._words(index) for index in range(len(story.moments))), key=len)
        size = text_layout.fit(longest, 0.62 * FRAME, 10, bold=True).size
        self.words = page.figure.text(
            MARGIN / page.width,
            1 - 21 / page.height,
            "",
            fontproperties=text_layout.font(size, bold=True),
            color=INK,
            va="baseline",
            animated=True,
            parse_math=False,
        )
        self.drawn: list[tuple[Any, np.ndarray]] = []
        self.marker: Any = None
        if story.curve.lines:
            axes = _curve(page, story, box, size=7, moments=False)
            for own, name, points in axes:
                style = _style(story, name)
                (line,) = own.plot([], [], animated=True, **style)
                self.drawn.append((line, points))
            self.marker = axes[0][0].axvline(story.at[0], color=INK, linewidth=1, animated=True)

    def _words(self, index: int) -> str:
        """'batch 1,000   loss 0.512   accuracy 81.2 %'."""
        story = self.story
        words = [_named(story.moments[index])]
        for measure in story.curve.measures:
            value = story.curve.at(measure, story.at[index])
            words += [] if value is None else [f"{_plain(measure)} {_formatted(measure, value)}"]
        return "   ".join(words)

    def at(self, index: int) -> list[Any]:
        """Set everything to one moment."""
        self.words.set_text(self._words(index))
        now = self.story.at[index]
        for line, points in self.drawn:
            until = points[points[:, 0] <= now]
            line.set_data(until[:, 0], until[:, 1])
        if self.marker is None:
            return [self.words]
        self.marker.set_xdata([now, now])
        return [self.words, *(line for line, _ in self.drawn), self.marker]


def _paste(page: np.ndarray, picture: Picture, box: Box) -> None:
    """Lay a picture into a place on a drawn page, as large as it allows, in its middle."""
    scale = DPI / POINTS
    height, width = channel_strip(picture).shape[:2]
    side = round(min(box.width * scale / width, box.height * scale / height) * max(height, width))
    shown = fitted(to_bytes(picture), side)
    top = round(box.top * scale + (box.height * scale - shown.shape[0]) / 2)
    left = round(box.left * scale + (box.width * scale - shown.shape[1]) / 2)
    page[top : top + shown.shape[0], left : left + shown.shape[1]] = shown


# ------------------------------------------------------------------------------------ the curve


def _curve(
    page: Page, story: Story, box: Box, *, size: float, moments: bool = True
) -> list[tuple["Axes", str, np.ndarray]]:
    """Draw the lines, the first measure's axis at the left, the second's at the right.

    For a film they are pale, to be drawn over; ``moments`` marks where the pictures are.

    Returns:
        The axes, name and (n, 2) points of each line.
    """
    first = page.axes(box)
    _time(first, story, size)
    both = [first]
    if len(story.curve.measures) > 1:
        second: Any = first.twinx()
        second.set_facecolor("none")
        second.tick_params(colors=GRAY, labelsize=size, labelfontfamily=FAMILY)
        for side, spine in second.spines.items():
            spine.set_visible(side == "right")
            spine.set_color(GRAY)
        both.append(second)
    if moments:
        for when in story.at:
            first.axvline(when, color=GRAY, linewidth=0.6, alpha=0.35)
    found = []
    for name, points in story.curve.lines.items():
        place = story.curve.measures.index(name.removeprefix(VALIDATION))
        values = np.array(points, float).reshape(-1, 2)
        style = _style(story, name)
        alpha = 1.0 if moments else PALER
        both[place].plot(values[:, 0], values[:, 1], **{**style, "alpha": alpha})
        found.append((both[place], name, values))
    for axes, measure in zip(both, story.curve.measures, strict=True):
        color = _style(story, measure)["color"]
        axes.tick_params(labelsize=size)
        axes.locator_params(axis="y", nbins=4)
        axes.set_ylabel(_plain(measure), fontproperties=text_layout.font(size), color=color)
    dashed = any(name.startswith(VALIDATION) for name in story.curve.lines)
    texts = filter(None, [story.curve.about, "dashed: on validation pictures" if dashed else ""])
    words = text_layout.fit("; ".join(texts), box.width, size - 1)
    page.text(words, box.left + box.width, box.top - 11, align="right", color=GRAY)
    return found


def _style(story: Story, name: str) -> dict[str, Any]:
    """How a line looks: a colour a measure; dashed, with its points, on validation pictures."""
    measure = name.removeprefix(VALIDATION)
    color = SECOND if story.curve.measures.index(measure) else ACCENT
    if measure == name:
        return {"color": color, "linewidth": 1.4}
    return {"color": color, "linewidth": 1.1, "linestyle": (0, (3, 2)), "marker": ".", "ms": 3}


def _time(axes: "Axes", story: Story, size: float) -> None:
    """The axis that counts batches: logarithmic, from zero on, where early moments are close."""
    axes.tick_params(labelsize=size)
    ends = [story.at[0], story.at[-1], *(p[0] for line in story.curve.lines.values() for p in line)]
    first, last = min(ends), max(ends)
    early = bool(np.median(story.at) - first < EARLY * (last - first))
    count_axis(axes, first, last, logarithmic=early)
    axes.set_xlabel(_plural(story.curve.counts), fontproperties=text_layout.font(size), color=INK)


def _plain(measure: str) -> str:
    """A measure as words: 'categorical accuracy'."""
    return measure.replace("_", " ")


def _formatted(measure: str, value: float) -> str:
    return f"{value:.1%}" if "acc" in measure else f"{value:.3g}"


def _named(moment: str) -> str:
    """'batch 1000' as 'batch 1,000'."""
    kind, _, number = moment.rpartition(" ")
    return f"{kind} {int(number):,}".strip() if number.isdecimal() else moment


def _plural(word: str) -> str:
    return f"{word}es" if word.endswith("ch") else f"{word}s"


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)] or [0.0]
