"""Frames of a film: the picture, its score so far, and class probabilities as bars.

Fixed parts are drawn once, and each frame redraws only what changes. So a film of sixty frames
takes about a second, and only the numbers move.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from convscope.drawing import text_layout
from convscope.drawing.glyphs import families, legible
from convscope.drawing.style import CLASSES, FILM_AXES, FILM_DPI, FILM_FAINT, FILM_INK, FILM_TRACK
from convscope.images import Picture, channel_strip, from_bytes, load, resize
from convscope.spacing import evenly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


SIZE = (320, 600)  # height and width of a frame; even, as video wants them
GAP = 16  # between everything, in pixels
SIDE = 288  # of the square that the picture is fitted into
COLUMN = (320, 584)  # where the numbers begin and end, across
CURVE = (56, 146)  # top and bottom of the score's curve, where bars stand below it
TALL_CURVE = (56, 282)  # and where it stands alone
BARS = 196  # the middle of the first bar's label
ROW = 24  # from one bar to the next
BAR = (8, 12)  # a bar's top and bottom below the middle of its label, nearer to it than to the next
# A class's colour is always drawn before its label. It shows to which class an empty bar belongs,
# and only a colour with that many pixels gets a place in a GIF's palette.
# Repeated by tests/films/test_saving.py::test_a_gif_keeps_the_colours_of_the_classes_apart.
SWATCH = 8
STILL = 224  # side of a picture in a strip


@dataclass(frozen=True)
class Numbered:
    """The content of a film: pictures with their numbers.

    Args:
        pictures: (n, height, width, channels), uint8; other than 3 channels are gray tiles.
        steps: (n,), rising.
        scores: (n,).
        title: what is maximized, in words.
        network: what it is called.
        measure: what the score is, in a word.
        labels: of the classes shown, in their fixed order; none for a network without classes.
        probabilities: (n, len(labels)), in [0, 1].
        colors: one a label, or more.
    """

    pictures: Bytes
    steps: npt.NDArray[np.int_]
    scores: Numbers
    title: str
    network: str
    measure: str = "score"
    labels: Sequence[str] = ()
    probabilities: Numbers | None = None
    colors: Sequence[str] = CLASSES

    def __len__(self) -> int:
        return len(self.pictures)

    def opinion(self, index: int) -> Numbers:
        """Return the shown classes' probabilities in one frame; empty without classes."""
        return np.zeros(0) if self.probabilities is None else self.probabilities[index]

    def score(self, index: int) -> str:
        """Return one frame's score in words, with enough decimals to tell the scores apart."""
        spread = float(np.ptp(self.scores)) or 1.0
        decimals = min(6, max(0, 2 - math.floor(math.log10(spread))))
        return f"{self.measure} {self.scores[index]:.{decimals}f}"


def frames(film: Numbered) -> Iterator[Picture]:
    """Yield each frame: (320, 600, 3). Layout and axes are the same for the whole film."""
    figure, _ = _blank(*SIZE)
    drawn = redrawn(figure, len(film), _Moving(figure, film).at)
    for page, picture in zip(drawn, film.pictures, strict=True):
        yield _pasted(page, [(GAP, GAP)], [picture], SIDE)


def redrawn(figure: "Figure", count: int, moving: Callable[[int], list[Any]]) -> Iterator[Bytes]:
    """Yield what a figure shows, (height, width, 3), in each of ``count`` frames.

    ``moving`` sets the artists that differ to one frame, and returns them; only they are redrawn.
    """
    canvas: Any = figure.canvas
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    for index in range(count):
        canvas.restore_region(still)
        for artist in moving(index):
            figure.draw_artist(artist)
        yield _pixels(canvas)


def strip(film: Numbered, count: int = 5) -> Picture:
    """Return some frames side by side, evenly chosen, each above its numbers, as one picture."""
    chosen = evenly(len(film), count)
    count = len(chosen)
    top = 40
    height = top + STILL + 30 + ROW * len(film.labels) + 10
    width = max(GAP + count * (STILL + GAP), 2 * (STILL + GAP))
    figure, canvas = _blank(height, width)
    third = (width - 3 * GAP) / 3
    _text(figure, GAP, 20, film.title, 11, FILM_INK, bold=True, room=2 * third)
    _text(figure, width - GAP, 20, film.network, 8, FILM_FAINT, right=True, room=third)
    corners = [(top, GAP + place * (STILL + GAP)) for place in range(count)]
    for index, (_, left) in zip(chosen, corners, strict=True):
        below = top + STILL + 10
        _text(figure, left, below, f"step {film.steps[index]}", 9, FILM_INK, bold=True)
        _text(figure, left + STILL, below, film.score(index), 9, FILM_INK, right=True)
        for place, label in enumerate(film.labels):
            down = below + 22 + place * ROW
            bar = _Bar(figure, label, film.colors[place], down, (left, left + STILL))
            bar.show(film.opinion(index)[place])
    canvas.draw()
    return _pasted(_pixels(canvas), corners, [film.pictures[index] for index in chosen], STILL)


def trajectory(film: Numbered) -> "Figure":
    """Return a figure of the score over the steps, with the shown classes' probabilities below."""
    from matplotlib.figure import Figure

    rows = 2 if film.labels else 1
    figure = Figure(
        figsize=(8, 2.4 * rows + 0.4), dpi=FILM_DPI, layout="constrained", facecolor="w"
    )
    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    axes[0].plot(film.steps, film.scores, color=FILM_INK, linewidth=1.5)
    axes[0].set_ylabel(film.measure)
    title = f"{film.title}, {film.network}"
    axes[0].set_title(
        legible(title),
        loc="left",
        fontsize=11,
        fontfamily=families(title),
        color=FILM_INK,
        parse_math=False,
    )
    lines = np.zeros((0, len(film))) if film.probabilities is None else film.probabilities.T
    for label, color, line in zip(film.labels, film.colors, lines, strict=False):
        axes[-1].plot(film.steps, line, color=color, linewidth=1.8, label=_plain(label))
    if film.labels:
        axes[-1].set_ylabel("probability")
        axes[-1].set_ylim(-0.02, 1.02)
        axes[-1].legend(
            loc="center left",
            bbox_to_anchor=(1.0, 0.5),
            frameon=False,
            prop={"family": families(" ".join(film.labels)), "size": 9},
        )
    axes[-1].set_xlabel("step")
    for each in axes:
        _quiet(each)
    return figure


class _Moving:
    """The artists that differ from frame to frame, on a figure with everything else."""

    def __init__(self, figure: "Figure", film: Numbered) -> None:
        self.film = film
        left, right = COLUMN
        half = (right - left) / 2
        _text(figure, left, 22, film.title, 11, FILM_INK, bold=True, room=2 * half)
        self.step = _text(figure, left, 40, "", 9, FILM_FAINT)
        self.score = _text(figure, left + half / 2, 40, "", 9, FILM_INK)
        _text(figure, right, 40, film.network, 8, FILM_FAINT, right=True, room=half / 2)
        axes = _curve(figure, film)
        self.line: Any = axes.plot(0, 0, color=FILM_INK, linewidth=1.5)[0]
        self.dot: Any = axes.plot(0, 0, "o", color=CLASSES[0], markersize=5, clip_on=False)[0]
        self.bars = [
            _Bar(figure, label, film.colors[place], BARS + place * ROW, COLUMN)
            for place, label in enumerate(film.labels)
        ]
        if film.labels:
            _text(figure, left, BARS - 18, "class probabilities", 7.5, FILM_FAINT)
        for artist in self._artists():
            artist.set_animated(True)

    def _artists(self) -> list[Any]:
        bars = [artist for bar in self.bars for artist in (bar.fill, bar.share)]
        return [self.step, self.score, self.line, self.dot, *bars]

    def at(self, index: int) -> list[Any]:
        """Set the artists to one frame's numbers and return them."""
        film, until = self.film, index + 1
        self.step.set_text(f"step {film.steps[index]}")
        self.score.set_text(film.score(index))
        self.line.set_data(film.steps[:until], film.scores[:until])
        self.dot.set_data(film.steps[index:until], film.scores[index:until])
        for bar, share in zip(self.bars, film.opinion(index), strict=True):
            bar.show(share)
        return self._artists()


class _Bar:
    """A class: its colour, label and probability, with a bar below them."""

    def __init__(
        self, figure: "Figure", label: str, color: str, top: float, across: tuple[float, float]
    ) -> None:
        from matplotlib.patches import Rectangle
        from matplotlib.transforms import IdentityTransform

        left, right = across
        begin, (above, below) = left + SWATCH + 6, BAR
        self.room = right - begin
        self.share = _text(figure, right, top, "", 8.5, FILM_INK, right=True)
        _text(figure, begin, top, label, 8.5, FILM_INK, room=self.room - 40)
        base, thick = figure.bbox.height - top - below, below - above
        swatch = Rectangle((left, base), SWATCH, 2 * below - thick, color=color, linewidth=0)
        track = Rectangle((begin, base), self.room, thick, color=FILM_TRACK, linewidth=0)
        self.fill = Rectangle((begin, base), 0, thick, color=color, linewidth=0)
        for patch in (swatch, track, self.fill):
            patch.set_transform(IdentityTransform())
            figure.add_artist(patch)

    def show(self, share: float) -> None:
        """Set the probability, in [0, 1]."""
        self.share.set_text(f"{share:.0%}")
        self.fill.set_width(self.room * float(share))


def _curve(figure: "Figure", film: Numbered) -> "Axes":
    """Return axes for the score, with the same limits for the whole film."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    (top, bottom), (left, right) = CURVE if film.labels else TALL_CURVE, COLUMN
    height, width = SIZE
    left, right = left + 36, right - 6
    box = (left / width, 1 - bottom / height, (right - left) / width, (bottom - top) / height)
    axes = figure.add_axes(box)
    low, high = float(film.scores.min()), float(film.scores.max())
    room = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room)
    first, last = int(film.steps[0]), int(film.steps[-1])
    axes.set_xlim(first, last if last > first else first + 1)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
    axes.tick_params(labelsize=7)
    _quiet(axes)
    return axes


def _quiet(axes: "Axes") -> None:
    """Make axes thin and gray."""
    axes.set_facecolor("white")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FILM_AXES)
    axes.tick_params(color=FILM_AXES, labelcolor=FILM_FAINT, length=3)
    axes.xaxis.label.set_color(FILM_FAINT)
    axes.yaxis.label.set_color(FILM_FAINT)
    axes.grid(False)


def _blank(height: int, width: int) -> tuple["Figure", Any]:
    """Return a white figure of so many pixels, and the canvas that draws it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / FILM_DPI, height / FILM_DPI), dpi=FILM_DPI, facecolor="white")
    return figure, FigureCanvasAgg(figure)


def _text(
    figure: "Figure",
    across: float,
    down: float,
    words: str,
    points: float,
    color: str,
    *,
    bold: bool = False,
    right: bool = False,
    room: float = math.inf,
) -> "Text":
    """Write text at a pixel, with the middle of its line ``down`` pixels from the top.

    The text is made smaller if there is not enough room, so that a label is never cut.
    """
    if room < math.inf:
        points = text_layout.fit(words, room * 72 / FILM_DPI, points, bold=bold).size
    return figure.text(
        across / figure.bbox.width,
        1 - down / figure.bbox.height,
        legible(words),
        fontsize=points,
        color=color,
        fontweight="bold" if bold else "normal",
        fontfamily=families(words),
        horizontalalignment="right" if right else "left",
        verticalalignment="center_baseline",
        parse_math=False,  # a dollar in a label is a dollar
    )


def _plain(label: str) -> str:
    """Return a label for legends, which read formulas and hide labels with a leading underscore."""
    escaped = legible(label).replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped


def _pixels(canvas: Any) -> Bytes:
    """Return a copy of what was drawn: (height, width, 3)."""
    return np.array(canvas.buffer_rgba())[:, :, :3]


def _pasted(
    page: Bytes, corners: Sequence[tuple[int, int]], pictures: Sequence[Bytes], side: int
) -> Picture:
    """Paste each picture, enlarged, into the square with its corner (top, left)."""
    whole = from_bytes(page)
    for (top, left), picture in zip(corners, pictures, strict=True):
        enlarged = fitted(picture, side)
        down = top + (side - enlarged.shape[0]) // 2
        across = left + (side - enlarged.shape[1]) // 2
        whole[down : down + enlarged.shape[0], across : across + enlarged.shape[1]] = enlarged
    return whole


def fitted(picture: Bytes, side: int) -> Picture:
    """Return a picture of any channels with its longer side of ``side`` pixels: RGB in [0, 1].

    Example:
        >>> fitted(np.zeros((10, 20, 1), np.uint8), 40).shape
        (20, 40, 3)
    """
    shown = load(channel_strip(picture))
    height, width = shown.shape[:2]
    scale = side / max(height, width)
    return resize(shown, (max(1, round(height * scale)), max(1, round(width * scale))))
