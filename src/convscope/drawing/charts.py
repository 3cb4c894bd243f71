"""Axes of charts."""

from typing import TYPE_CHECKING

from convscope.drawing.style import GRAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes


def count_axis(axes: "Axes", first: float, last: float, *, logarithmic: bool) -> None:
    """Set up the horizontal axis for whole numbers from `first` to `last`.

    A logarithmic axis begins at zero, as a symmetric logarithm, so that early numbers are apart.
    """
    from matplotlib.ticker import FuncFormatter, SymmetricalLogLocator

    if logarithmic:
        axes.set_xscale("symlog", linthresh=1, linscale=0.5)
        axes.xaxis.set_major_locator(SymmetricalLogLocator(linthresh=1, base=10))
        axes.xaxis.set_minor_locator(
            SymmetricalLogLocator(linthresh=1, base=10, subs=list(range(2, 10)))
        )
        axes.tick_params(which="minor", length=2, color=GRAY)
        room = 0.0
    else:
        axes.locator_params(axis="x", integer=True)
        room = 0.01 * (last - first) or 0.5
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlim(first - room, last + room if last > first else first + 1)
