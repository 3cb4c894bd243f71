"""``convscope factors``: the figure, its numbers, and the command that makes it again."""

import json

import pytest

from tests.quick import short_ascents

QUICK = ("--layer", "block1_conv2")
PINNED = ("--precision", "float32")


@pytest.fixture
def quick(monkeypatch):
    """Ascents of two steps."""
    short_ascents(monkeypatch)


def again(run, file):
    return run("show", file).out.splitlines()[-1]


def test_factors_of_a_layer(run, photo, quick):
    arguments = ("--count", "2", "--target", "predictions:bee", *QUICK, "--seed", "3", *PINNED)
    ran = run("factors", photo, *arguments)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-factors.png"
    assert [line.split("  ")[0] for line in lines] == ["factor 1", "factor 2"]
    expected = (
        "convscope factors noise.png --count 2 --layer block1_conv2 --target predictions:38 "
        "--seed 3 --precision float32"
    )
    assert again(run, path) == expected
    found = json.loads(run("factors", photo, *arguments, "--out", "f.json", "--json").out)
    assert len(found["factors"]) == 2
    assert again(run, "f.json") == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--count", "0"), "count to be a whole number from 1"),
        (("--layer", "fc1", *QUICK), "Expected one layer. Received: fc1, block1_conv2."),
        (("--target", ":3"), "Expected a unit such as"),
        (("--kernels",), "No option is called '--kernels'"),
        (("--out", "f.gif"), "Expected a file ending in .png"),
        (("--precision", "float3"), "Did you mean 'float32'?"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, options, message):
    assert message in refused("factors", photo, *options)
