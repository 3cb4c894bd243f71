"""``convscope evaluate``: which map to believe, and the command that says so again."""

import csv
import json
import shlex
from pathlib import Path

import pytest

from convscope import images
from convscope.attribution.evaluation.measures import MEASURES

FAST = ("--trial", "steps=2", "--trial", "samples=1", "--trial", "stages=1")


@pytest.fixture
def photo(photo_file):
    """A photo by its name, not an array."""
    return photo_file


@pytest.fixture
def own(model):
    """The options of a small network."""
    return ("--model", model(), "--preprocessing", "zero-to-255")


def last(run, file):
    return run("show", file).out.splitlines()[-1]


def test_an_evaluation_is_a_figure_and_a_table(run, photo, own):
    ran = run("evaluate", photo, "--method", "gradient,occlusion", *FAST, *own)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "noise-evaluation.png"
    assert lines[2].split() == ["map", *" ".join(MEASURES).split(), "runs"]
    assert [line.split()[0] for line in lines[3:8]] == [
        "gradient",
        "occlusion",
        "random",
        "center",
        "edges",
    ]
    assert any(line.startswith("Best by deletion: ") for line in lines)
    assert any(line.startswith("Sensitivity: ") for line in lines)
    assert images.read(Path("noise-evaluation.png")).shape[1] > 800


def test_an_evaluation_as_numbers_and_as_a_table_file(run, photo, own):
    words = ("--method", "gradient", "--measure", "deletion,insertion", *FAST, *own)
    found = json.loads(run("evaluate", photo, *words, "--json", "--out", "a.csv").out)
    assert found["convscope"] == "evaluation"
    assert found["trial"]["measures"] == ["deletion", "insertion"]
    with Path("a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["deletion"]) == found["rows"]["gradient"]["deletion"]["value"]


def test_one_target_is_stored_as_the_target(run, photo, own):
    words = ("--target", "classes:0 - classes:1", "--method", "gradient", *FAST)
    found = json.loads(run("evaluate", photo, *words, "--json", *own).out)
    assert found["target"] == "classes:0 - classes:1"


MANY = [
    ("--method", "gradient,occlusion", *FAST, "--measure", "deletion"),
    ("--method", "gradient", *FAST, "--trial", "patience=none", "--seed", "4"),
]


@pytest.mark.parametrize("words", MANY, ids=" ".join)
def test_the_command_that_is_shown_makes_the_same_again(run, photo, own, words):
    made = run("evaluate", photo, *words, *own, "--json")
    assert made.status == 0, made.err
    path = json.loads(made.out)["path"]
    command = shlex.split(last(run, path))
    assert command[:3] == ["convscope", "evaluate", "noise.png"]
    remade = run(*command[1:], "--json")
    assert remade.status == 0, remade.err
    before, after = json.loads(made.out), json.loads(remade.out)
    for output in (before, after):
        output.pop("path")  # which tells what was asked for
    assert after == before
    assert last(run, path) == shlex.join(command)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "wild=4"), "No setting is called 'wild'"),
        (("--trial", "step=3"), "Did you mean 'steps'?"),
        (("--trial", "steps=no"), "steps to be a whole number"),
        (("--measure", "delection"), "Did you mean 'deletion'?"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, words, message):
    assert message in refused("evaluate", photo, *words)
