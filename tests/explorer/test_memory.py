"""Free memory goes back to the system."""

import sys
from pathlib import Path

import pytest

from convscope.explorer.memory import give_back


def resident():
    """Megabytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="This reads /proc.")
def test_free_memory_goes_back():
    # Blocks too small to be returned alone; the last of each hundred stays, which keeps the heap.
    blocks = [bytes(60_000) for _ in range(2000)]
    kept = blocks[::100]
    del blocks
    before = resident()
    give_back()
    assert resident() < before - 50
    assert len(kept) == 20


def test_it_is_harmless_elsewhere(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    give_back()
