"""``convscope compare``: two photos, two networks, and the commands that make them again."""

import json
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from tests.quick import short_ascents

QUICK = ("--layer", "block1_conv2")
PINNED = ("--precision", "float32")


@pytest.fixture
def other(tmp_path, monkeypatch):
    """A second photo."""
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(1).random((64, 64, 3), "float32")
    return images.save(noise, Path("other.png"))


@pytest.fixture
def quick(monkeypatch):
    """Ascents of two steps."""
    short_ascents(monkeypatch)


def again(run, file):
    return run("show", file).out.splitlines()[-1]


def test_two_photos(run, photo, other):
    ran = run("compare", photo, other, *QUICK, "--layer", "block2_conv1")
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-compare-other.png"
    assert [line.split("  ")[0] for line in lines] == ["block1_conv2", "block2_conv1"]
    assert again(run, path) == (
        "convscope compare noise.png other.png --layer block1_conv2 --layer block2_conv1 --count 2"
    )
    run("compare", photo, other, "--count", "1", "--out", "all.csv")
    assert len(Path("all.csv").read_text().splitlines()) == 1 + 2112
    run("compare", photo, other, "--count", "1", "--out", "all.json")
    assert again(run, "all.json") == "convscope compare noise.png other.png --count 1"


def test_with_pictures(run, photo, other, quick):
    run("compare", photo, other, *QUICK, "--with-pictures", "--count", "1", *PINNED)
    assert again(run, "noise-compare-other.png").endswith(
        "--count 1 --with-pictures --precision float32"
    )


def test_two_networks(run, photo, model):
    def louder(built):
        layer = built.get_layer("conv")
        layer.set_weights([2 * weight for weight in layer.get_weights()])

    one, two = model("one.keras"), model("two.keras", change=louder)
    ran = run("compare", photo, "--model", one, "--second", two)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("noise-compare-two.png\nconv  similarity ")
    assert again(run, "noise-compare-two.png") == (
        "convscope compare noise.png --second two.keras --count 2 --model one.keras"
    )
    differing = run("compare", photo, "--model", one, "--second", "vgg16-tiny")
    assert "have different layers" in differing.err


def test_a_network_made_in_python_is_told_by_its_digest(run, photo, model):
    import convscope as cs

    one = cs.load(model("one.keras"), name="one")
    found = cs.compare(one, photo, cs.load(model("two.keras"), name="two"))
    lines = run("show", found.save("both.png")).out.splitlines()
    assert lines[-1] == "convscope compare noise.png --second SECOND --count 2 --model MODEL"
    assert f"# SECOND is the file of two, digest {found.source['second digest']}." in lines


def test_several_photos_are_each_compared_with_the_last(run, photo, other):
    ran = run("compare", photo, photo, other, *QUICK, "--json")
    assert [each["path"] for each in json.loads(ran.out)] == [
        "noise-compare-other.png",
        "noise-2-compare-other.png",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{}",), "Expected two photos, or one and --second."),
        (("{}", "missing.jpg"), "There is no such file"),
        (("{}", "folder"), "Received: the folder 'folder'."),
        (("{}", "{}", "--out", "d.gif"), "Expected a file ending in .png"),
        (("{}", "{}", "--second-labels", "a.txt"), "Expected --second beside --second-labels"),
        (("{}", "{}", *PINNED), "Expected --precision for pictures that are made."),
        (("{}", "--second", "vgg16-tiny-plain", *PINNED), "Try: --with-pictures, or without it."),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, arguments, message):
    Path("folder").mkdir()
    assert message in refused("compare", *[word.format(photo) for word in arguments])
