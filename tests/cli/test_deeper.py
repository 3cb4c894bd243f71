"""Factors, comparisons and weights on the command line, and the commands that make them again."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from tests.quick import short_climbs

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
    """Climbs of two steps."""
    short_climbs(monkeypatch)


def again(run, file):
    return run("show", file).out.splitlines()[-1]


def test_factors_of_a_layer(run, photo, quick):
    pytest.importorskip("sklearn")
    asked = ("--factors", "2", "--target", "predictions:bee", *QUICK, "--seed", "3", *PINNED)
    ran = run("layers", photo, *asked)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-factors.png"
    assert [line.split("  ")[0] for line in lines] == ["factor 1", "factor 2"]
    wanted = (
        "convscope layers noise.png --factors 2 --layer block1_conv2 --target predictions:38 "
        "--seed 3 --precision float32"
    )
    assert again(run, path) == wanted
    found = json.loads(run("layers", photo, *asked, "--out", "f.json", "--json").out)
    assert len(found["factors"]) == 2
    assert again(run, "f.json") == wanted


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("verb", "asked"),
    [
        ("layers", ("--with-pictures", "--count", "1", *QUICK)),
        ("layers", ("--story", "--steps", "2", "--count", "1", *QUICK)),
        ("layers", ("--at", "20,30", "--count", "1", *QUICK)),
        ("layers", ("--factors", "2", *QUICK)),
        ("layers", ("--compare", "other.png", "--with-pictures", "--count", "1", *QUICK)),
        ("layers", ("--second", "vgg16-tiny-robust", "--with-pictures", "--count", "1", *QUICK)),
        ("weights", ("--count", "1")),
    ],
)
def test_pictures_beside_a_view_are_made_in_a_stated_precision_and_again(
    run, photo, other, quick, verb, asked, precision
):
    if "--factors" in asked:
        pytest.importorskip("sklearn")
    what = photo if verb == "layers" else "block2_conv1:5"
    words = (verb, what, *asked)
    assert run(*words, "--precision", precision, "--out", "a.png").status == 0
    told = run("show", "a.png").out
    command = told.splitlines()[-1]
    assert command.count(f" --precision {precision}") == 1
    assert precision in told.split("\n\n")[0]
    assert run(*shlex.split(command)[1:], "--out", "b.png").status == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    run(*words, "--out", "c.png")  # what the machine chose is told, too
    assert " --precision " in run("show", "c.png").out.splitlines()[-1]


def test_a_precision_of_no_picture_is_refused(refused, photo, other):
    for words in ((), ("--kernels",), ("--compare", other), ("--second", "vgg16-tiny-robust")):
        said = refused("layers", photo, *words, "--precision", "float32")
        assert said.startswith("Expected --precision for pictures that are made. Try: --with-pic")
    for words in (("layers", photo, "--story"), ("weights", "block2_conv1:5")):
        assert "Did you mean 'float32'?" in refused(*words, "--precision", "float3")


def test_two_photos(run, photo, other):
    ran = run("layers", photo, "--compare", other, *QUICK, "--layer", "block2_conv1")
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "noise-compare-other.png"
    assert [line.split("  ")[0] for line in lines] == ["block1_conv2", "block2_conv1"]
    assert again(run, path) == (
        "convscope layers noise.png --compare other.png --layer block1_conv2 --layer block2_conv1 "
        "--count 2"
    )
    run("layers", photo, "--compare", other, "--count", "1", "--out", "all.csv")
    assert len(Path("all.csv").read_text().splitlines()) == 1 + 2112
    run("layers", photo, "--compare", other, "--count", "1", "--out", "all.json")
    assert again(run, "all.json") == "convscope layers noise.png --compare other.png --count 1"


def test_with_pictures(run, photo, other, quick):
    run("layers", photo, "--compare", other, *QUICK, "--with-pictures", "--count", "1", *PINNED)
    assert again(run, "noise-compare-other.png").endswith(
        "--count 1 --with-pictures --precision float32"
    )


def test_two_networks(run, photo, model):
    def louder(built):
        layer = built.get_layer("conv")
        layer.set_weights([2 * weight for weight in layer.get_weights()])

    one, two = model("one.keras"), model("two.keras", change=louder)
    ran = run("layers", photo, "--model", one, "--second", two)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("noise-second-two.png\nconv  alike ")
    assert again(run, "noise-second-two.png") == (
        "convscope layers noise.png --second two.keras --count 2 --model one.keras"
    )
    differing = run("layers", photo, "--model", one, "--second", "vgg16-tiny")
    assert "have not the same layers" in differing.err


def test_a_network_made_in_python_is_told_by_its_digest(run, photo, model):
    import convscope as cs

    one = cs.load(model("one.keras"), name="one")
    found = cs.compare(one, photo, cs.load(model("two.keras"), name="two"))
    said = run("show", found.save("both.png")).out.splitlines()
    assert said[-1] == "convscope layers noise.png --second SECOND --count 2 --model MODEL"
    assert f"# SECOND is the file of two, digest {found.source['second digest']}." in said


def test_weights(run, quick):
    ran = run("weights", "predictions:bee", "--count", "2", *PINNED)
    assert (ran.status, ran.err) == (0, "")
    path, *lines = ran.out.splitlines()
    assert path == "predictions-bee-weights.png"
    assert [line[0] for line in lines] == ["+", "+", "-", "-"]
    assert all("  fc2:" in line for line in lines)
    assert again(run, path) == ("convscope weights predictions:38 --count 2 --precision float32")
    asked = ("--out", "w.json", "--json", *PINNED)
    found = json.loads(run("weights", "block1_conv1:0", *asked).out)
    assert sorted(row["from"] for row in found["inputs"]) == ["blue", "green", "red"]
    assert again(run, "w.json") == (
        "convscope weights block1_conv1:0 --count 5 --precision float32"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("layers", "{}", "--factors", "2", "--compare", "{}"), "Expected one view at a time."),
        (("layers", "{}", "--factors", "2", "--kernels"), "--factors takes no --kernels"),
        (
            ("layers", "{}", "--target", "fc1:3"),
            "layers takes no --target. Try: --factors, or without it.",
        ),
        (("layers", "{}", "--seed", "3"), "layers takes no --seed. Try: --story or --factors"),
        (("layers", "{}", "--second-labels", "names.txt"), "no --second-labels. Try: --second,"),
        (("layers", "{}", "--compare", "missing.jpg"), "There is no such file"),
        (("layers", "{}", "--compare", "{}", "--out", "d.gif"), "Expected a file ending in .png"),
        (
            ("layers", "{}", "--factors", "2", *QUICK, "--layer", "fc1"),
            "Expected one layer. Received: block1_conv2, fc1.",
        ),
        (("weights", "block9_conv1:3"), "No layer is called"),
        (("weights", "block1_conv1"), "Expected one channel or class"),
        (("weights", "flatten:3"), "has no kernel"),
        (("weights", "block1_conv1:3", "--out", "w.gif"), "Expected a file ending in .png"),
        (("weights", "block1_conv1:3", "--count", "0"), "count to be a whole number from 1"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, arguments, said):
    assert said in refused(*[word.format(photo) for word in arguments])
