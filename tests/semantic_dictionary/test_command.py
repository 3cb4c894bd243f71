"""``convscope dictionary``: the figure, its numbers, and the command that makes it again."""

import json

import numpy as np
import pytest

from convscope import images

LAYERS = ("--layer", "block1_conv1", "--layer", "block1_conv2")
QUICK = ("--at", "20,35", *LAYERS, "--count", "1", "--precision", "float32")


def test_a_place_is_looked_up_and_can_be_again(run, photo):
    ran = run("dictionary", photo, *QUICK)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-dictionary-20-35.png"
    assert lines[0].startswith("block1_conv1")
    assert run("show", path).out.splitlines()[-1] == (
        "convscope dictionary noise.png --at 20,35 --layer block1_conv1 --layer block1_conv2 "
        "--count 1 --precision float32"
    )
    record = json.loads(run("dictionary", photo, *QUICK, "--out", "it.json", "--json").out)
    assert record["path"] == "it.json"
    assert record["stages"][0]["layer"] == "block1_conv1"
    assert "stages" not in json.loads(run("show", "it.json", "--json").out)


def test_a_folder_of_photos_is_compared_with(run, photo, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    chance = np.random.default_rng(0)
    for number in range(16):
        images.save(chance.random((64, 64, 3), "float32"), tmp_path / "snaps" / f"{number}.png")
    ran = run("dictionary", photo, *QUICK, "--natural", "snaps", "--json")
    assert json.loads(ran.out)["stages"][0]["natural_pictures"] == 16
    command = run("show", "noise-dictionary-20-35.png").out.splitlines()[-1]
    assert command.endswith("--count 1 --natural snaps --precision float32")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--at", "middle"), "Expected a place as ROW,COLUMN, such as 20,35. Received: 'middle'."),
        (("--at", "64,0"), "the photo has places 0,0 to 63,63. Received: 64,0."),
        (("--at", "3,4", "--steps", "9"), "No option is called '--steps'"),
        (("--at", "3,4", "--natural", "nowhere"), "Expected a folder of photos"),
        (("--at", "3,4", "--out", "it.gif"), "Expected a file ending in .png"),
        ((), "--at"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, options, message):
    assert message in refused("dictionary", photo, *options)
