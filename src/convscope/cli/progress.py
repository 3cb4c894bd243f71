"""Progress with the time left, on a terminal; silent in a pipe."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from convscope.printable import printable

Show = Callable[[str, float | None], None]


class Stopped(Exception):
    """Somebody pressed Ctrl-C; the message says what is finished."""


@contextmanager
def progress(what: str) -> Iterator[Show]:
    """Lend ``show(what, share)``, which moves a bar on standard error; share is from 0 to 1.

    With None for a share the bar says only that something is going on.
    """
    if not sys.stderr.isatty():
        yield lambda what, share: None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(elapsed_when_finished=True),
    )
    # A descriptor of its own: while a backend is imported, nothing else reaches standard error.
    # Standard output is data, and stays out of the bar's way.
    with (
        open(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding) as terminal,
        bars.Progress(
            *columns, console=Console(file=terminal), transient=True, redirect_stdout=False
        ) as bar,
    ):
        task = bar.add_task(what, total=None)

        def show(what: str, share: float | None) -> None:
            bar.update(
                task, description=printable(what), completed=share or 0.0, total=share and 1.0
            )

        yield show
