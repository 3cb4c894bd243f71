"""``convscope evolve``: from checkpoints to a film."""

import json
from pathlib import Path

import pytest

from tests.encoding.films import see

FAST = ("--steps", "2", "--precision", "float32", "--preprocessing", "zero-to-255")


@pytest.fixture
def checkpoints(model, tmp_path):
    """A folder of two whole models and of their weights."""
    whole, weights = tmp_path / "whole", tmp_path / "weights"
    whole.mkdir()
    weights.mkdir()
    for number in (2, 10):

        def changed(model, number=number):
            model.get_layer("conv").kernel.assign(model.get_layer("conv").kernel * number)
            model.save_weights(weights / f"step-{number}.weights.h5")

        model(f"whole/epoch-{number}.keras", change=changed)
    return whole, weights


def test_whole_models_become_a_film_and_a_figure(run, checkpoints):
    ran = run("evolve", "whole", "conv:1", "classes:0", *FAST)
    assert (ran.status, ran.err) == (0, "")
    film, figure, *settled = ran.out.splitlines()
    assert film == "learning.webp  2 moments of 2 units  epoch-2"
    assert figure.startswith("learning.png  ")
    assert [line.split("  ")[0] for line in settled] == ["conv", "classes"]
    assert len(see(Path("learning.webp")).pictures) == 2


def test_a_layer_that_is_dead_in_the_end_is_said_to_be(run, model):
    def dead(built):
        built.get_layer("conv").kernel.assign(built.get_layer("conv").kernel * 0)

    Path("runs").mkdir()
    model("runs/epoch-1.keras")
    model("runs/epoch-2.keras", change=dead)
    ran = run("evolve", "runs", "conv:1", *FAST)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "conv  responds to everything alike at the end"


def test_weights_need_the_architecture(run, refused, checkpoints):
    assert "Expected --model" in refused("evolve", "weights", "conv:1", *FAST)
    ran = run("evolve", "weights", "conv:1", "--model", "whole/epoch-2.keras", "--json", "--out",
              "numbers.json", *FAST)  # fmt: skip
    record = json.loads(ran.out)
    assert [each["label"] for each in record["moments"]] == ["step 2", "step 10"]
    assert record == {"path": "numbers.json", **json.loads(Path("numbers.json").read_text())}


def test_the_command_that_makes_it_again_does(run, checkpoints):
    names = ("whole/epoch-2.keras", "whole/epoch-10.keras")
    run("evolve", *names, "conv:1", "--out", "first.webp", "--seed", "3", *FAST)
    ran = run("show", "first.webp")
    *_, command = ran.out.splitlines()
    assert command == (
        "convscope evolve whole/epoch-2.keras whole/epoch-10.keras conv:1 --size 16x16 --seed 3 "
        "--steps 2 --precision float32 --model whole/epoch-2.keras --preprocessing zero-to-255"
    )
    run(*command.split()[1:], "--out", "second.webp")
    assert Path("first.webp").read_bytes() == Path("second.webp").read_bytes()


def test_a_folder_gets_the_pictures_of_each_moment(run, checkpoints):
    run("evolve", "whole", "conv:1", "--out", "made", *FAST)
    names = sorted(path.as_posix() for path in Path("made").rglob("*.png"))
    assert names == ["made/epoch-0000002/conv-1.png", "made/epoch-0000010/conv-1.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conv:1",), "Expected checkpoints"),
        (("gone.keras", "conv:1"), "There is no checkpoint at 'gone.keras'"),
        (("whole", "third:1"), "No layer is called 'third'"),
        (("whole", "conv:1", "--out", "film.mpeg"), "ending in"),
        (("whole", "conv:1", "--log", "gone.csv"), "Cannot read the log 'gone.csv'"),
    ],
)
def test_what_cannot_be_filmed_is_refused(refused, checkpoints, arguments, message):
    assert message in refused("evolve", *arguments, *FAST)
