"""``convscope weights``: the figure, its numbers, and the command that makes it again."""

import json

import pytest

from tests.quick import short_ascents

PINNED = ("--precision", "float32")


@pytest.fixture
def quick(monkeypatch):
    """Ascents of two steps."""
    short_ascents(monkeypatch)


def again(run, file):
    return run("show", file).out.splitlines()[-1]


def test_weights(run, quick):
    ran = run("weights", "predictions:bee", "--count", "2", *PINNED)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "predictions-bee-weights.png"
    assert [line[0] for line in lines] == ["+", "+", "-", "-"]
    assert all("  fc2:" in line for line in lines)
    assert again(run, path) == ("convscope weights predictions:38 --count 2 --precision float32")
    arguments = ("--out", "w.json", "--json", *PINNED)
    found = json.loads(run("weights", "block1_conv1:0", *arguments).out)
    assert sorted(row["from"] for row in found["inputs"]) == ["blue", "green", "red"]
    assert again(run, "w.json") == (
        "convscope weights block1_conv1:0 --count 5 --precision float32"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("block9_conv1:3",), "No layer is called"),
        (("block1_conv1",), "Expected one channel or class"),
        (("flatten:3",), "has no kernel"),
        (("block1_conv1:3", "--out", "w.gif"), "Expected a file ending in .png"),
        (("block1_conv1:3", "--count", "0"), "count to be a whole number from 1"),
        (("block2_conv1:5", "--precision", "float3"), "Did you mean 'float32'?"),
    ],
)
def test_what_cannot_be_is_refused(refused, arguments, message):
    assert message in refused("weights", *arguments)
