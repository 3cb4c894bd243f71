"""Figures made of arrays; they know no network. Matplotlib lives here, loaded when it is needed.

A figure is a ``matplotlib.figure.Figure`` that belongs to nobody else: no pyplot, no display, no
global state. `save` and `to_png` write it; its own ``.savefig`` works too.
"""

from convscope.figures.card import Plot, Strip, card
from convscope.figures.channels import channels
from convscope.figures.climb import climb
from convscope.figures.kernels import kernels
from convscope.figures.maps import Row, maps
from convscope.figures.output import FORMATS, save, to_png
from convscope.figures.page import DPI
from convscope.figures.sheet import sheet
from convscope.figures.tile import Scale, Tile

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
