"""Progress: a bar on a terminal, nothing in a pipe."""

import os
import sys

import pytest

from convscope.cli.progress import progress


def test_a_pipe_stays_quiet(capfd):
    with progress("Loading") as show:
        show("Climbing", 0.5)
    assert capfd.readouterr() == ("", "")


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
            show("Climbing [red]", 0.5)
            print("data")
    shown = everything(leader).decode("utf-8")
    assert "Climbing [red]" in shown
    assert "50%" in shown
    assert capfd.readouterr().out == "data\n"
