"""Progress: a bar on a terminal; in a pipe two lines of what takes long."""

import os
import re
import sys
import time

import pytest

from convscope.terminal import progress as module
from convscope.terminal.progress import progress


def test_a_pipe_hears_nothing_of_what_is_quick(capfd):
    with progress("Loading") as show:
        show(0.5, "Maximizing")
    assert capfd.readouterr() == ("", "")


def test_a_pipe_hears_when_something_takes_long_and_when_it_is_done(capfd, monkeypatch):
    monkeypatch.setattr(module, "LONG", 0.05)
    with progress("Loading") as show:
        for share in range(10):
            show(share / 10, "Maximizing\x1b[2J")
            time.sleep(0.05)
    out, err = capfd.readouterr()
    first, last = err.splitlines()
    assert out == ""
    message = "convscope: Maximizing\\x1b[2J. This takes a while; the next line comes at the end."
    assert first == message
    assert re.fullmatch(r"convscope: It took \d+ seconds\.", last)


def test_what_fails_after_long_is_not_said_to_be_done(capsys, monkeypatch):
    monkeypatch.setattr(module, "LONG", 0.01)

    def fail():
        with progress("Loading"):
            time.sleep(0.2)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert capsys.readouterr().err.count("\n") == 1


def everything(leader):
    """Read a pseudo-terminal, whose other end is closed, to its end: it comes in pieces."""
    with open(leader, "rb", buffering=0) as screen:
        parts = []
        while True:
            try:
                part = screen.read(4096)
            except OSError:  # how Linux says that the other end is closed
                part = b""
            if not part:
                return b"".join(parts)
            parts.append(part)


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_a_terminal_sees_the_share_while_standard_output_stays_data(capfd, monkeypatch):
    leader, follower = os.openpty()
    with open(follower, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with progress("Loading") as show:
            show(0.5, "Maximizing [red]")
            print("data")
    shown = everything(leader).decode("utf-8")
    assert "Maximizing [red]" in shown
    assert "50%" in shown
    assert capfd.readouterr().out == "data\n"
