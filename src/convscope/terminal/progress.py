"""Progress: with the time left on a terminal; of what takes long, two lines in a log or a pipe."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from convscope.printable import printable
from convscope.terminal import signals

Show = Callable[[float | None, str], None]

LONG = 5.0  # seconds: what is done by then says nothing to a log


class Stopped(Exception):
    """Somebody pressed Ctrl-C; the message says what is finished."""


@contextmanager
def progress(what: str) -> Iterator[Show]:
    """Lend ``show(fraction, message)``, which moves a bar on standard error.

    With None for the fraction the bar says only that something is going on. Without a terminal,
    what takes longer than ``LONG`` writes one line when it has taken that long, and one at its end.
    """
    if not sys.stderr.isatty():
        with _logged(what) as show:
            yield show
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(elapsed_when_finished=True),
    )
    # Standard output is data, and stays out of the bar's way.
    with (
        _opened_again() as terminal,
        bars.Progress(
            *columns, console=Console(file=terminal), transient=True, redirect_stdout=False
        ) as bar,
    ):
        task = bar.add_task(what, total=None)

        def show(share: float | None, what: str) -> None:
            signals.check()
            bar.update(
                task, description=printable(what), completed=share or 0.0, total=share and 1.0
            )

        yield show


@contextmanager
def _logged(what: str) -> Iterator[Show]:
    """Two lines of what takes long, and none of what does not; a failure has its own last line."""
    began, doing, announced = time.monotonic(), [what], threading.Event()

    with _opened_again() as log:

        def begin() -> None:
            announced.set()
            _write(log, f"{doing[0]}. This takes a while; the next line comes at the end.")

        def show(share: float | None, what: str) -> None:
            signals.check()
            doing[0] = what

        timer = threading.Timer(LONG, begin)
        timer.daemon = True
        timer.start()
        try:
            yield show
        finally:
            timer.cancel()
            timer.join()
        if announced.is_set():
            _write(log, f"It took {time.monotonic() - began:.0f} seconds.")


def _write(log: TextIO, text: str) -> None:
    print(f"convscope: {printable(text)}", file=log, flush=True)


@contextmanager
def _opened_again() -> Iterator[TextIO]:
    """Standard error by a descriptor of its own.

    While a backend is imported, nothing else reaches it.
    """
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, ValueError):  # somebody put an object in its place, which is no file
        yield sys.stderr
        return
    with open(descriptor, "w", encoding=sys.stderr.encoding, errors="backslashreplace") as again:
        yield again
