"""``convscope story``: the figure, its numbers, and the command that makes it again."""

import json

import numpy as np
import pytest

from convscope import images

QUICK = ("--layer", "block1_conv1", "--count", "1", "--steps", "2", "--precision", "float32")


def test_a_story_is_told_and_can_be_told_again(run, photo):
    ran = run("story", photo, *QUICK)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-story.png"
    assert lines[0].startswith("block1_conv1")
    assert run("show", path).out.splitlines()[-1] == (
        "convscope story noise.png --layer block1_conv1 --count 1 --seed 0 --steps 2 "
        "--precision float32"
    )
    record = json.loads(run("story", photo, *QUICK, "--out", "it.json", "--json").out)
    assert record["path"] == "it.json"
    assert record["stages"][0]["layer"] == "block1_conv1"
    assert "stages" not in json.loads(run("show", "it.json", "--json").out)


def test_classes_are_read_off_with_photos_of_ones_own(run, photo, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    chance = np.random.default_rng(0)
    for number in range(16):
        images.save(chance.random((64, 64, 3), "float32"), tmp_path / "snaps" / f"{number}.png")
    ran = run("story", photo, *QUICK, "--natural", "snaps", "--json")
    assert json.loads(ran.out)["stages"][0]["read_off"]["photos"] == 16
    command = run("show", "noise-story.png").out.splitlines()[-1]
    assert "--count 1 --natural snaps --seed 0" in command


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--at", "3,4"), "No option is called '--at'"),
        (("--kernels",), "No option is called '--kernels'"),
        (("--natural", "nowhere"), "Expected a folder of photos"),
        (("--out", "it.gif"), "Expected a file ending in .png"),
        (("--layer", "blok1_conv1"), "Did you mean 'block1_conv1'?"),
        (("--precision", "float3"), "Did you mean 'float32'?"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, options, message):
    assert message in refused("story", photo, *options)
