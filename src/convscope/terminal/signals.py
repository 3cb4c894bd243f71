"""Ctrl-C and SIGTERM: the same clean end at any moment, and how the shell is told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOPPED = "Stopped. What was finished stays, and no half file is left."


@dataclass
class Heard:
    """The signal that asked this run to stop, if one did."""

    number: int | None = None

    @property
    def status(self) -> int:
        """As a shell says it: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + (self.number or signal.SIGINT)


_listening: list[Heard] = []  # of the runs that are going on, the innermost last


def check() -> None:
    """End a run that was asked to stop, if that was lost.

    Libraries that catch everything, as some do while they load, swallow the interruption too.

    Raises:
        KeyboardInterrupt: a signal was heard.
    """
    if _listening and _listening[-1].number is not None:
        raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Heard]:
    """Have SIGTERM end a run as Ctrl-C does, and remember which it was.

    A library that is interrupted while it loads may raise whatever it likes; then what was heard
    tells that it is no fault of its own.
    """
    heard = Heard()

    def stop(number: int, frame: FrameType | None) -> None:
        heard.number = number
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    # What a shell has a job in the background ignore stays ignored.
    wanted = [
        number
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in wanted}
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening.pop()
        for number, handler in before.items():
            signal.signal(number, handler)
