"""A build that is killed at any moment goes on, and ends as one that was never killed."""

import random

import pytest

from benchmarks import kills


@pytest.mark.parametrize("seed", [0])
def test_a_store_that_was_killed_ends_as_one_that_never_was(model, tmp_path, seed):
    file = model()
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert kills.build(file, whole).wait() == 0
    chance, ended = random.Random(seed), 0
    for _ in range(3):
        ended += kills.killed(file, killed, chance)
    assert ended > 0
    assert kills.build(file, killed).wait() == 0
    assert kills.content(killed) == kills.content(whole)
