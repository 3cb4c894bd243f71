"""A page: pictures, text and bars at places in points, from the top left corner."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from convscope.drawing import text_layout
from convscope.drawing.glyphs import FAMILY, legible
from convscope.drawing.style import DPI, GRAY, INK, POINTS
from convscope.drawing.text_layout import TextBlock
from convscope.images import channel_strip

if TYPE_CHECKING:
    from matplotlib.axes import Axes


Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Box:
    """A place on a page, in points; ``top`` counts downwards."""

    left: float
    top: float
    width: float
    height: float


class Page:
    """A white figure; its pictures share one set of axes, so hundreds are drawn quickly."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height = width, height = math.ceil(width), math.ceil(height)
        inches = (width / POINTS, height / POINTS)
        self.figure = Figure(figsize=inches, dpi=DPI, facecolor="white")
        self.figure.set_layout_engine("none")  # whatever a person's own matplotlibrc says
        FigureCanvasAgg(self.figure)
        self._surface = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._surface.set_xlim(0, width)
        self._surface.set_ylim(height, 0)
        self._surface.set_axis_off()

    def picture(self, picture: np.ndarray, box: Box, *, squares: bool = False) -> Box:
        """Draw a picture as large as the box allows, centred, and return the place that it takes.

        Args:
            picture: (height, width, channels) in [0, 1]; channels that are no colour stand side by
                side, in gray.
            box: where.
            squares: whether a picture that is enlarged shows its pixels as squares, as a map does
                whose every number counts; photos and what units look for are enlarged smoothly.
        """
        seen = _colors(picture)
        height, width = seen.shape[:2]
        scale = min(box.width / width, box.height / height)
        wide, tall = width * scale, height * scale
        left = box.left + (box.width - wide) / 2
        top = box.top + (box.height - tall) / 2
        enlarging = "nearest" if squares else "bicubic"
        self._surface.imshow(
            seen,
            extent=(left, left + wide, top + tall, top),
            aspect="auto",
            origin="upper",
            interpolation=enlarging if scale * DPI / POINTS >= 1 else "hanning",
            resample=True,
        )
        return Box(left, top, wide, tall)

    def text(
        self,
        text: str | TextBlock,
        left: float,
        top: float,
        *,
        size: float = 8,
        align: Align = "left",
        color: str = INK,
        bold: bool = False,
    ) -> None:
        """Write lines downwards from ``top``; ``left`` is their left end, centre or right end."""
        letters = TextBlock((legible(text),), size) if isinstance(text, str) else text
        for number, line in enumerate(letters.lines):
            baseline = top + letters.size * (1 + number * text_layout.LEADING)
            self._surface.text(
                left,
                baseline,
                line,
                fontproperties=text_layout.font(letters.size, bold, line),
                color=color,
                ha=align,
                va="baseline",
                parse_math=False,
                usetex=False,
            )

    def bar(self, box: Box, color: str) -> None:
        """Fill a rectangle."""
        from matplotlib.patches import Rectangle

        place = (box.left, box.top)
        self._surface.add_patch(
            Rectangle(place, box.width, box.height, facecolor=color, edgecolor="none")
        )

    def frame(self, box: Box, color: str, width: float = 1.0) -> None:
        """Draw the outline of a rectangle, inside it."""
        from matplotlib.patches import Rectangle

        place = (box.left + width / 2, box.top + width / 2)
        size = (max(0.0, box.width - width), max(0.0, box.height - width))
        self._surface.add_patch(
            Rectangle(place, *size, facecolor="none", edgecolor=color, linewidth=width)
        )

    def line(self, across: np.ndarray, down: np.ndarray, color: str, width: float = 1.0) -> None:
        """Draw a line through points; ``down`` counts downwards, like ``top``."""
        self._surface.plot(across, down, color=color, linewidth=width, solid_joinstyle="round")

    def fill(self, across: np.ndarray, down: np.ndarray, base: float, color: str) -> None:
        """Fill the area between points and a level line at ``base``."""
        self._surface.fill_between(across, down, base, facecolor=color, edgecolor="none")

    def axes(self, box: Box) -> "Axes":
        """Return axes for a plot; tick labels and axis labels need room around the box."""
        wide, tall = self.width, self.height
        bottom = tall - box.top - box.height
        place = (box.left / wide, bottom / tall, box.width / wide, box.height / tall)
        axes = self.figure.add_axes(place, facecolor="white")
        axes.tick_params(colors=GRAY, labelsize=8, labelfontfamily=FAMILY)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(GRAY)
        return axes


def _colors(picture: np.ndarray) -> np.ndarray:
    """Return (height, width, 3), the colours that a saved picture would have."""
    seen = np.clip(channel_strip(picture), 0, 1)
    return seen if seen.ndim == 3 else np.repeat(seen[:, :, None], 3, axis=2)
