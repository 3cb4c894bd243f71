"""Progress: a bar on a terminal, nothing in a pipe."""

import os
import sys

import pytest

from convscope.cli.progress import progress


def test_a_pipe_stays_quiet(capfd):
    with progress("Loading") as show:
        show("Climbing", 0.5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_a_terminal_sees_the_share_while_standard_output_stays_data(capfd, monkeypatch):
    leader, follower = os.openpty()
    with open(follower, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with progress("Loading") as show:
            show("Climbing [red]", 0.5)
            print("data")
        shown = os.read(leader, 100_000).decode("utf-8")
    os.close(leader)
    assert "Climbing [red]" in shown
    assert "50%" in shown
    assert capfd.readouterr().out == "data\n"
