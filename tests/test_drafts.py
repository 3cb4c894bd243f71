"""Drafts of the dead are removed by the next run, those of the living never."""

import os
import subprocess
import sys

import pytest

from convscope import drafts, files

WRITE = """
import os, sys
from convscope import files
with files.draft(sys.argv[1]) as hidden:
    hidden.write_bytes(b"half")
    print(hidden.name, flush=True)
    sys.stdin.read()
    os._exit(1)
"""


@pytest.fixture(autouse=True)
def fresh():
    """As a new run begins."""
    drafts.sweep.cache_clear()
    yield
    drafts.sweep.cache_clear()


def test_the_draft_of_a_process_that_was_killed_is_removed_and_that_of_a_living_one_stays(tmp_path):
    target = tmp_path / "unit.png"
    command = [sys.executable, "-c", WRITE, str(target)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writing:
        left = tmp_path / writing.stdout.readline().strip()
        files.put(tmp_path / "other.png", b"whole")
        assert left.read_bytes() == b"half"
        writing.kill()
        writing.wait()
        assert left.exists()
        drafts.sweep.cache_clear()
        files.put(tmp_path / "other.png", b"whole")
    assert not left.exists()


def test_only_drafts_of_this_machine_are_removed(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    own = drafts.name(".png").replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    host = own.split("-")[1]
    kept = [own.replace(host, "0" * 8), ".hidden.png", f"x{own}", ".convscope-1-2-3-4.png"]
    for name in (own, *kept):
        (tmp_path / name).touch()
    (tmp_path / own.replace(".png", ".folder")).mkdir()
    drafts.sweep(tmp_path)
    assert not (tmp_path / own).exists()
    assert all((tmp_path / name).exists() for name in kept)


def test_a_number_that_another_process_has_got_since_is_told_by_when_that_began(tmp_path):
    if not os.path.exists("/proc/self/stat"):
        pytest.skip("the system does not say when a process began")
    old = drafts.name(".png").split("-")
    old[3] = str(int(old[3]) - 1)
    (tmp_path / "-".join(old)).touch()
    own = tmp_path / drafts.name(".png")
    own.touch()
    drafts.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [own]
