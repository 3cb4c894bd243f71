"""``convscope grid``: the figure, its numbers, and the command that makes it again."""

import json

import pytest

from tests.quick import short_ascents

QUICK = ("--layer", "block5_conv3", "--size", "32", "--precision", "float32")


@pytest.fixture
def quick(monkeypatch):
    """Ascents of two steps."""
    short_ascents(monkeypatch)


@pytest.mark.parametrize("more", [(), ("--count", "3")])
def test_a_grid_of_a_photo(run, photo, quick, more):
    ran = run("grid", photo, *QUICK, "--seed", "3", *more)
    assert (ran.status, ran.err) == (0, "")
    path, first, *lines = ran.out.splitlines()
    assert path == "noise-block5_conv3-grid.png"
    assert first.startswith("block5_conv3  4 x 4 places")
    assert len(lines) == (3 if more else 0)
    counted = " --count 3" if more else ""
    expected = (
        f"convscope grid noise.png --layer block5_conv3{counted} --size 32x32 --seed 3 "
        "--precision float32"
    )
    assert run("show", path).out.splitlines()[-1] == expected


def test_the_numbers_as_json(run, photo, quick):
    found = json.loads(run("grid", photo, *QUICK, "--out", "g.json", "--json").out)
    assert (found["rows"], found["columns"]) == (4, 4)
    assert run("show", "g.json").out.splitlines()[-1].startswith("convscope grid noise.png")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "--layer"),
        (("--layer", "fc1", "--layer", "fc2"), "Expected one layer"),
        ((*QUICK, "--count", "0"), "count to be a whole number from 1"),
        (("--layer", "block5_conv3", "--size", "big"), "a size such as 224"),
        ((*QUICK, "--steps", "9"), "No option is called '--steps'"),
        ((*QUICK, "--out", "it.gif"), "Expected a file ending in .png"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, options, message):
    assert message in refused("grid", photo, *options)
