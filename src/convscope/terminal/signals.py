"""Ctrl-C and SIGTERM: the same clean end at any moment, and the exit status for the shell."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOPPED = "Stopped. What was finished stays, and no half file is left."

WAIT = 0.05  # seconds until a run that was importing a library is asked again to stop


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


def _importing(frame: FrameType | None) -> bool:
    """Return whether a frame, or one that called it, belongs to an import."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def listening() -> Iterator[Received]:
    """Have SIGTERM end a run as Ctrl-C does, and remember which it was.

    While a library is imported, the end waits: frameworks that are interrupted while they load may
    raise another error, or crash.
    """
    received = Received()
    timers: list[threading.Timer] = []

    def stop(number: int, frame: FrameType | None) -> None:
        received.number = number
        if not _importing(frame):
            raise KeyboardInterrupt
        timers.append(threading.Timer(WAIT, signal.raise_signal, (number,)))
        timers[-1].start()

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
        for timer in timers:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
