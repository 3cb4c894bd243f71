"""Ctrl-C and SIGTERM end a run, also if a library swallows the interruption."""

import contextlib
import importlib
import os
import signal
import sys
import time

import pytest

from convscope.terminal import signals
from convscope.terminal.progress import progress

LONG = 60  # seconds that nobody waits for, as the signal comes first


def interrupted(number):
    """Send this process a signal, and catch everything, as a library might."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), number)
        time.sleep(LONG)


def import_and_wait(name):
    importlib.import_module(name)
    time.sleep(LONG)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_swallowed_interruption_comes_back_with_the_next_progress(number):
    with signals.listening() as received:
        interrupted(number)
        assert received.number == number
        assert received.status == 128 + number
        with progress("Working") as show, pytest.raises(KeyboardInterrupt):
            show(0.5, "on")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_import_is_finished_before_the_end(number, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slow_to_load", raising=False)
    (tmp_path / "slow_to_load.py").write_text(
        f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(0.2)\nloaded = True\n"
    )
    with signals.listening() as received:
        with pytest.raises(KeyboardInterrupt):
            import_and_wait("slow_to_load")
        assert received.number == number
    assert sys.modules["slow_to_load"].loaded


def test_without_a_signal_nothing_happens():
    signals.check()
    with signals.listening() as received:
        signals.check()
    assert received.number is None
