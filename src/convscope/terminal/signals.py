"""Ctrl-C and SIGTERM: the same clean end at any moment, and the exit status for the shell."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOPPED = "Stopped. What was finished stays, and no half file is left."


@dataclass
class Received:
    """The signal that asked this run to stop, if one did."""

    number: int | None = None

    @property
    def status(self) -> int:
        """As a shell says it: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + (self.number or signal.SIGINT)


_runs: list[Received] = []  # of the runs that are going on, the innermost last


def check() -> None:
    """End a run that was asked to stop, if that was lost.

    Libraries that catch everything, as some do while they load, swallow the interruption too.

    Raises:
        KeyboardInterrupt: a signal was received.
    """
    if _runs and _runs[-1].number is not None:
        raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Received]:
    """Have SIGTERM end a run as Ctrl-C does, and remember which it was.

    A library that is interrupted while it loads may raise whatever it likes; then the signal
    shows that it is no fault of its own.
    """
    received = Received()

    def stop(number: int, frame: FrameType | None) -> None:
        received.number = number
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    # What a shell has a job in the background ignore stays ignored.
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in numbers}
    _runs.append(received)
    try:
        yield received
    finally:
        _runs.pop()
        for number, handler in before.items():
            signal.signal(number, handler)
