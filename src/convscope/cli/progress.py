"""Progress with the time left, on a terminal; silent in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left", style="dim"),
        TimeRemainingColumn(),
    )
    # Standard output is data: it must not be drawn into the bar's console.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        task = bar.add_task(what, total=None)

        def show(what: str, share: float | None) -> None:
            # A total from the first share on, so that the time left is of this part alone.
            bar.update(
                task,
                description=what,
                total=None if share is None else 1.0,
                completed=share or 0.0,
            )

        yield show
