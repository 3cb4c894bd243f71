"""Many ascents in one process take no more memory than a few."""

import gc
import os
from pathlib import Path

import pytest

from convscope.maximization.maximize import maximize
from tests.maximization.test_maximize import network

STATM = Path("/proc/self/statm")
ASCENTS, FIRST = 300, 10
ROOM = 24  # megabytes: what an allocator may keep; a graph left behind by each ascent takes more


def megabytes():
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell a process's memory")
def test_three_hundred_ascents_take_no_more_memory_than_ten():
    colours = network()
    before = 0.0
    for number in range(ASCENTS):
        unit = ("conv:0", "-conv:1", "classes:1", "conv:2@center", "conv:0 - l2")[number % 5]
        maximize(colours, unit, seed=number, steps=3)
        if number + 1 == FIRST:
            before = megabytes()
    assert megabytes() - before < ROOM
