"""The picture of a block of a lesson: that of its last value, as a notebook would show it."""

import textwrap
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from convscope.printable import printable

PIXELS_AN_INCH = 100
LONGEST = 400  # characters of what stands for a figure


def lesson_pictures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the last value of a block, if it can be drawn, and return the text that shows it.

    Whatever has ``figure()`` is drawn by it, and a Matplotlib figure as it is.
    """
    names = block_vars["example_globals"]
    value, names["___"] = names.get("___"), None  # or a block without a value would show it again
    figure = getattr(value, "figure", None)
    drawn = figure() if callable(figure) else value
    if not isinstance(drawn, Figure):
        return ""
    path = Path(next(block_vars["image_path_iterator"]))
    drawn.savefig(path, dpi=PIXELS_AN_INCH)
    # A plain image, which every builder knows. It leads to itself, to be looked at in full size.
    address = path.relative_to(gallery_conf["src_dir"]).as_posix()
    lines = [
        f".. image:: /{address}",
        f"   :alt: {_alternative(drawn)}",
        f"   :target: ../_images/{path.name}",
        "   :class: sphx-glr-single-img",
    ]
    return "\n".join(["", *lines, "", ""])


def _alternative(figure: Figure) -> str:
    """What readers are told who cannot see a figure: its own words, in the order of drawing."""
    words = (" ".join(text.get_text().split()) for text in figure.findobj(Text))
    told = "; ".join(word for word in words if word)
    return printable(textwrap.shorten(f"Figure. {told}", LONGEST, placeholder=" ..."))
