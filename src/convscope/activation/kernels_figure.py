"""The figure of the kernels of a first layer, as small pictures."""

import math
from typing import TYPE_CHECKING

import numpy as np

from convscope.drawing import blocks
from convscope.drawing.blocks import Paragraphs
from convscope.drawing.header import MARGIN
from convscope.drawing.page import Box, Page
from convscope.drawing.sheet import columns_for
from convscope.drawing.tile import UNDER, draw_label, number
from convscope.errors import InputError

if TYPE_CHECKING:
    from convscope.drawing import Figure

SIDE, GAP = 60, 10
NOTE = (
    "Mid gray is zero. Each kernel is drawn on its own scale: its largest weight, the number "
    "below it, reaches black or full colour."
)


def kernels(kernels: np.ndarray, *, title: str = "Kernels of the first layer") -> "Figure":
    """Return a figure of kernels as colour tiles around mid gray, each on its own scale.

    Args:
        kernels: (height, width, channels, count); channels are RGB, or 1 for gray.
        title: one line.
    """
    if kernels.ndim != 4 or kernels.shape[2] not in (1, 3) or 0 in kernels.shape:
        raise InputError.expected("kernels of shape (height, width, 1 or 3, count)", kernels.shape)
    count = kernels.shape[3]
    columns = columns_for(count)
    width = 2 * MARGIN + max(columns, 6) * (SIDE + GAP) - GAP
    heading = Paragraphs(width - 2 * MARGIN, [blocks.title(title)])
    note = Paragraphs(width - 2 * MARGIN, blocks.notes([NOTE]))
    head = MARGIN + heading.height + note.height + 12
    tall = SIDE * kernels.shape[0] / kernels.shape[1]
    line = tall + UNDER + GAP
    page = Page(width, head + math.ceil(count / columns) * line - GAP + MARGIN)
    heading.draw(page, MARGIN, MARGIN - 2)
    note.draw(page, MARGIN, MARGIN + heading.height)
    for index in range(count):
        row, column = divmod(index, columns)
        box = Box(MARGIN + column * (SIDE + GAP), head + row * line, SIDE, tall)
        picture, largest = about_gray(kernels[:, :, :, index])
        page.picture(picture, box, squares=True)
        draw_label(page, f":{index}", number(largest), box)
    return page.figure


def about_gray(kernel: np.ndarray) -> tuple[np.ndarray, float]:
    """Return one kernel as a picture, where 0.5 is zero, and its largest magnitude.

    Example:
        >>> about_gray(np.array([[[0.0], [-2.0]]]))[0].tolist()
        [[[0.5], [0.0]]]
    """
    largest = float(np.abs(kernel).max())
    return 0.5 + 0.5 * kernel.astype("float64") / (largest or 1.0), largest
