"""The only home of colours, colormaps and resolutions, and colormaps as numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

DPI = 144  # two pixels a point: places in whole points are places in whole pixels
POINTS = 72  # an inch
FILM_DPI = 100  # of frames, so a point is 100/72 pixels

INK, GRAY, ACCENT, PALE = "#1a1a1a", "#5f6368", "#2f6f9f", "#e8eaed"
LOUD = "#b3582b"  # a warning beside ACCENT, also for people who see no red
SECOND = LOUD  # of a measure whose axis is at the right
UNDER_CURVE = "#b9d0e0"
SHADE = "#f5f6f7"  # behind a plot
BARS = "#c9cdd2"  # of a histogram
EXCITE, INHIBIT = "#a4133c", "#1d5fa0"
OUTLINE, INLINE = "#000000", "#ffffff"  # of a frame that is seen on any picture
FILM_INK, FILM_FAINT, FILM_TRACK, FILM_AXES = "#222222", "#6B6B6B", "#ECECEC", "#BBBBBB"

# Of pages in a browser: the name of each colour there, on light paper and on dark.
PAGE = {
    "ink": (INK, "#ecebe6"),
    "soft": (GRAY, "#a9a8a1"),
    "paper": ("#fcfcfa", "#17171a"),
    "raised": ("#ffffff", "#202024"),
    "line": ("#dcdcd6", "#38383f"),
    "accent": (ACCENT, "#7fb4dc"),
    "on-accent": ("#ffffff", "#101418"),
    "loud": (LOUD, "#e0935f"),
    "excite": (EXCITE, "#f08aa4"),
    "inhibit": (INHIBIT, "#8fbdf0"),
    "bars": (BARS, "#4a4d54"),
}

# Of pages in a browser: what is on every machine, so that nothing is fetched.
FONTS = {
    "sans": 'system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif',
    "serif": 'Georgia,"DejaVu Serif","Times New Roman",serif',
}

# Okabe and Ito (2008): colours that colour-blind eyes tell apart.
ORANGE, BLUE, GREEN, PINK = "#E69F00", "#0072B2", "#009E73", "#CC79A7"
VERMILLION, SKY = "#D55E00", "#56B4E9"
CLASSES = (VERMILLION, BLUE, GREEN, PINK, "#5B5B5B", SKY)  # in a film, the target's first
GROUPS = (ORANGE, BLUE, GREEN, PINK, VERMILLION, SKY, "#7A5195")

RESPONSES = "magma"  # perceptually even: twice the response looks twice as far from black
SIGNED = "RdBu_r"  # red for, blue against, white for nothing; the colour-blind see the difference
LAYERS = "viridis"  # from early to late
MANY = "hsv"  # of more groups than there are plain colours


def colormap(name: str, positions: npt.ArrayLike) -> np.ndarray:
    """Return the colours of a Matplotlib colormap at positions in [0, 1]: (..., 3) in [0, 1]."""
    import matplotlib

    return np.asarray(matplotlib.colormaps[name](np.asarray(positions)))[..., :3]


def palette_css() -> str:
    """Return the colours and fonts of pages as CSS: variables, dark where the reader prefers it."""
    light, dark = (
        "".join(f"--{name}:{pair[place]};" for name, pair in PAGE.items()) for place in (0, 1)
    )
    fonts = "".join(f"--{name}:{font};" for name, font in FONTS.items())
    return (
        f":root{{color-scheme:light dark;{light}{fonts}}}\n"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )


def rgb(colors: Sequence[str]) -> np.ndarray:
    """Return colours given as '#rrggbb' as numbers: (n, 3) in [0, 1]."""
    from matplotlib.colors import to_rgb

    return np.array([to_rgb(color) for color in colors])


def hexadecimal(color: npt.ArrayLike) -> str:
    """Return a colour (3,) in [0, 1] as '#rrggbb'."""
    from matplotlib.colors import to_hex

    red, green, blue = map(float, np.asarray(color))
    return str(to_hex((red, green, blue)))
