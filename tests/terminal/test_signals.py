"""Ctrl-C and SIGTERM end a run, also if a library swallows the interruption."""

import contextlib
import os
import signal
import time

import pytest

from convscope.terminal import signals
from convscope.terminal.progress import progress


def interrupted(number):
    """Send this process a signal, and catch everything, as a library might."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), number)
        time.sleep(1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_swallowed_interruption_comes_back_with_the_next_progress(number):
    with signals.listening() as received:
        interrupted(number)
        assert received.number == number
        assert received.status == 128 + number
        with progress("Working") as show, pytest.raises(KeyboardInterrupt):
            show(0.5, "on")


def test_without_a_signal_nothing_happens():
    signals.check()
    with signals.listening() as received:
        signals.check()
    assert received.number is None
