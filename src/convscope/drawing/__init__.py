"""Figures made of arrays; they know no network. Matplotlib lives here, loaded when it is needed.

A figure is a ``matplotlib.figure.Figure`` that belongs to nobody else: no pyplot, no display, no
global state. `save` and `to_png` write it; its own ``.savefig`` works too.
"""

from convscope.cards.figure import Plot, Strip, card
from convscope.activation.channels_figure import channels
from convscope.maximization.figure import climb
from convscope.activation.kernels_figure import kernels
from convscope.activation.figure import Row, maps
from convscope.drawing.output import FORMATS, save, to_png
from convscope.drawing.page import DPI
from convscope.drawing.sheet import sheet
from convscope.drawing.tile import Scale, Tile

__all__ = [
    "DPI",
    "FORMATS",
    "Plot",
    "Row",
    "Scale",
    "Strip",
    "Tile",
    "card",
    "channels",
    "climb",
    "kernels",
    "maps",
    "save",
    "sheet",
    "to_png",
]
