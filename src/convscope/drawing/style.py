"""Colours that more than one figure uses, and colormaps as numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LOUD = "#b3582b"  # a warning beside ACCENT, also for people who see no red


def colormap(name: str, positions: npt.ArrayLike) -> np.ndarray:
    """Return the colours of a Matplotlib colormap at positions in [0, 1]: (..., 3) in [0, 1]."""
    import matplotlib

    return np.asarray(matplotlib.colormaps[name](np.asarray(positions)))[..., :3]


def rgb(colors: Sequence[str]) -> np.ndarray:
    """Return colours given as '#rrggbb' as numbers: (n, 3) in [0, 1]."""
    from matplotlib.colors import to_rgb

    return np.array([to_rgb(color) for color in colors])


def hexadecimal(color: npt.ArrayLike) -> str:
    """Return a colour (3,) in [0, 1] as '#rrggbb'."""
    from matplotlib.colors import to_hex

    red, green, blue = map(float, np.asarray(color))
    return str(to_hex((red, green, blue)))
