"""The deeper views of layers: each by its option, and made again by what a file says."""

import json
from pathlib import Path

import numpy as np
import pytest

from convscope import pictures
from convscope.cli.views import VIEWS

PINNED = ("--precision", "float32")
PLACE = ("--at", "20,35")

# A quick command line for each view, and what makes its file again.
COMMANDS = {
    "story": (
        ("--story", "--layer", "block1_conv1", "--count", "1", "--steps", "2", *PINNED),
        "--story --layer block1_conv1 --count 1 --seed 0 --steps 2 --precision float32",
    ),
    "at": (
        (
            "--at",
            "20,35",
            "--layer",
            "block1_conv1",
            "--layer",
            "block1_conv2",
            "--count",
            "1",
            *PINNED,
        ),
        "--at 20,35 --layer block1_conv1 --layer block1_conv2 --count 1 --precision float32",
    ),
}


def test_every_view_is_tested():
    assert set(VIEWS) == {*COMMANDS, "factors", "compare", "second"}  # those: test_deeper.py


@pytest.mark.parametrize("view", COMMANDS)
def test_a_view_is_made_and_can_be_made_again(run, photo, view):
    options, again = COMMANDS[view]
    ran = run("layers", photo, *options)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == {"story": "noise-story.png", "at": "noise-at-20-35.png"}[view]
    assert lines[0].startswith("block1_conv1")
    assert run("show", path).out.splitlines()[-1] == f"convscope layers noise.png {again}"
    told = json.loads(run("layers", photo, *options, "--out", "it.json", "--json").out)
    assert told["path"] == "it.json"
    assert told["stages"][0]["layer"] == "block1_conv1"
    assert "stages" not in json.loads(run("show", "it.json", "--json").out)


def test_a_folder_of_photos_is_compared_with(run, photo, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    chance = np.random.default_rng(0)
    for number in range(16):
        pictures.save(chance.random((64, 64, 3), "float32"), tmp_path / "snaps" / f"{number}.png")
    ran = run("layers", photo, *COMMANDS["at"][0], "--natural", "snaps", "--json")
    assert json.loads(ran.out)["stages"][0]["natural_pictures"] == 16
    assert (
        run("show", "noise-at-20-35.png")
        .out.splitlines()[-1]
        .endswith("--count 1 --natural snaps --precision float32")
    )
    ran = run("layers", photo, *COMMANDS["story"][0], "--natural", "snaps", "--json")
    assert json.loads(ran.out)["stages"][0]["read_off"]["photos"] == 16


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--story", "--at", "3,4"), "Expected one view at a time. Received: --story and --at."),
        (("--at", "middle"), "Expected a place as ROW,COLUMN, such as 20,35. Received: 'middle'."),
        (("--at", "64,0"), "the photo has places 0,0 to 63,63. Received: 64,0."),
        (("--at", "3,4", "--steps", "9"), "--at takes no --steps. Try: --story, or without it."),
        (("--story", "--kernels"), "--story takes no --kernels. Try: without it."),
        (("--natural", "."), "layers takes no --natural. Try: --story or --at, or without it."),
        (("--story", "--natural", "nowhere"), "Expected a folder of photos"),
        (("--story", "--out", "it.gif"), "Expected a file ending in .png"),
        (("--layer", "block1_conv1", "--layer", "block1_conv2"), "Expected one layer."),
        (("--story", "--layer", "blok1_conv1"), "Did you mean 'block1_conv1'?"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, options, said):
    assert said in refused("layers", photo, *options)
    assert Path(photo).is_file()
