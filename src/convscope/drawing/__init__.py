"""Figures made of arrays; no module here knows a network. Matplotlib is loaded on first use.

A figure is a ``matplotlib.figure.Figure`` of its own: no pyplot, no display, no global state.
``save`` and ``to_png`` write it; its own ``.savefig`` works too.
"""

from typing import TYPE_CHECKING

from convscope.drawing.output import FORMATS, save, to_png
from convscope.drawing.sheet import sheet
from convscope.drawing.style import DPI
from convscope.drawing.tile import Scale, Tile

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Figure

__all__ = ["DPI", "FORMATS", "Scale", "Tile", "save", "sheet", "to_png"]
