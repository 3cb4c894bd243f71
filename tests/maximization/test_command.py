"""``convscope maximize``: where pictures go, what is printed, what is refused."""

import json
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import RECIPES
from convscope.maximization.schedule import SCHEDULES
from convscope.transforms import TRANSFORMS

UNIT = "block1_conv2:3"
FAST = ("--steps", "2", "--precision", "float32")


def test_one_unit_becomes_a_picture_named_after_it(run):
    ran = run("maximize", UNIT, *FAST)
    assert (ran.status, ran.err) == (0, "")
    path, label, standing = ran.out.strip().split("  ")
    assert (path, label) == ("block1_conv2-3.png", UNIT)
    assert "of 10,000 natural pictures" in standing
    assert images.read(path).shape == (64, 64, 3)


@pytest.mark.parametrize("before", [(), ("--",)])
def test_a_unit_may_begin_with_a_minus(run, before):
    ran = run("maximize", *FAST, *before, f"-{UNIT}")
    assert ran.out.startswith("minus-block1_conv2-3.png  -block1_conv2:3  ")


def test_several_units_become_a_folder_and_json_tells_of_each(run):
    ran = run("maximize", "block1_conv2:3-4", UNIT, "--out", "made", "--json", *FAST)
    found = json.loads(ran.out)
    assert [each["objective"] for each in found] == [UNIT, "block1_conv2:4"]
    assert all(Path(each["path"]).is_file() for each in found)
    assert found[0]["recipe"]["steps"] == 2
    assert found[0]["standing"]["count"] == 10_000


def test_several_units_and_a_file_become_one_sheet(run):
    ran = run("maximize", "block1_conv2:3-4", "--out", "both.png", *FAST)
    assert [line.split("  ")[0] for line in ran.out.splitlines()] == ["both.png"] * 2
    assert list(map(str, Path().iterdir())) == ["both.png"]
    again = run("show", "both.png").out.splitlines()[-1]
    assert again.startswith("convscope maximize block1_conv2:3 block1_conv2:4 ")


def test_the_command_that_makes_it_again_does(run):
    run("maximize", f"-{UNIT}", "--size", "40x48", "--seed", "3", "--out", "first.png", *FAST)
    command = run("show", "first.png").out.splitlines()[-1]
    words = "--size 40x48 --seed 3 --steps 2 --precision float32"
    assert command == f"convscope maximize -{UNIT} {words}"
    run(*command.split()[1:], "--out", "second.png")
    assert Path("first.png").read_bytes() == Path("second.png").read_bytes()


def test_how_it_was_made_is_told_and_makes_it_again(run):
    stated = {
        "--schedule": "warm-up",
        "--optimizer": "sgd(momentum=0.9, nesterov=true)",
        "--transforms": "crop(1/3), flip, noise(0.05)",
    }
    words = [word for pair in stated.items() for word in pair]
    run("maximize", UNIT, *words, "--out", "first.png", *FAST)
    command = shlex.split(run("show", "first.png").out.splitlines()[-1])
    assert command[-8:-2] == words
    run(*command[1:], "--out", "second.png")
    assert Path("first.png").read_bytes() == Path("second.png").read_bytes()


def test_without_transforms_is_none(run):
    run("maximize", UNIT, "--transforms", "none", *FAST)
    assert "--transforms none" in run("show", "block1_conv2-3.png").out.splitlines()[-1]


@pytest.mark.parametrize("command", ["maximize", "animate"])
def test_help_lists_the_tables(run, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    output = run(command, "--help").out
    for name in (*SCHEDULES, *(kind.usage() for kind in TRANSFORMS.values())):
        assert name in output
    assert str(Recipe().transforms) in output
    assert str(RECIPES["film-from-photo"].transforms) in output


def test_a_stop_keeps_what_is_finished(run, monkeypatch):
    def stopping(*arguments, **settings):
        yield from made(*arguments, **settings)
        raise KeyboardInterrupt

    package = sys.modules["convscope.maximization.maximize"]
    made = package.maximized
    monkeypatch.setattr(package, "maximized", stopping)
    ran = run("maximize", UNIT, "--sheet", "sheet.png", *FAST)
    assert ran.status == 130
    assert ran.err == "convscope: Stopped. 1 of 1 pictures are finished.\n"
    assert ran.out.split("  ")[0] == "block1_conv2-3.png"
    assert Path("block1_conv2-3.png").is_file()
    assert Path("sheet.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("blok1_conv2:3",), "No layer is called 'blok1_conv2'. Did you mean 'block1_conv2'?"),
        (("block1_conv2:32",), "block1_conv2 has channels 0 to 31. Received: 32."),
        (("predictions:beee",), "No class is called 'beee'. Did you mean 'predictions:bee'?"),
        (("block1_conv2:3@99,0",), "block1_conv2 has neurons @0,0 to @63,63."),
        ((":3",), "Expected a unit such as"),
        ((UNIT, "--steps", "0"), "Expected at least one step. Received: steps=0."),
        ((UNIT, "--steps", "-3"), "Received: steps=-3."),
        ((UNIT, "--rate", "-1"), "Expected a rate above zero. Received: rate=-1.0."),
        ((UNIT, "--seed", "-1"), "Expected seed to be a whole number from 0."),
        ((UNIT, "--size", "0"), "Expected a size of at least 1 pixel. Received: '0'."),
        ((UNIT, "--size", "-5"), "Expected a size such as 224 or 224x320. Received: '-5'."),
        ((UNIT, "--size", "8x"), "Expected a size such as 224 or 224x320."),
        ((UNIT, "--schedule", "cosin"), "Did you mean 'cosine'?"),
        ((UNIT, "--optimizer", "adamm"), "No optimizer is called 'adamm'. Did you mean 'adam"),
        ((UNIT, "--optimizer", "sgd(momentum=2)"), "Keras refuses sgd(momentum=2)"),
        ((UNIT, "--transforms", "shfit(1)"), "Did you mean 'shift'?"),
        ((UNIT, "--transforms", "noise(x)"), "Expected a number such as 0.05 or 1/16."),
        ((UNIT, "--canvas", "pixels"), "Did you mean 'pixel'?"),
        ((UNIT, "--model", "vgg166"), "Did you mean 'vgg16'?"),
        ((UNIT, "--model", "missing.keras"), "missing.keras"),
        ((UNIT, "--out", "unit.bmp"), "Expected a file ending in .png, .jpg"),
        (("block1_conv2:*", "--out", "unit.jpg"), "Expected a file ending in .png, .pdf, .svg."),
        ((UNIT, "--sheet", "sheet.gif"), "Expected a file ending in .png, .pdf, .svg."),
    ],
)
def test_what_cannot_be_is_refused(refused, arguments, message):
    assert message in refused("maximize", *arguments)


def test_a_file_cannot_be_a_folder(refused, tmp_path):
    (tmp_path / "file").touch()
    message = refused("maximize", UNIT, "--out", "file/unit.png", status=1)
    assert "'file' is a file, not a folder" in message


def test_a_model_file_that_is_cut_short_is_refused(refused, tmp_path):
    (tmp_path / "mine.keras").write_bytes(b"PK\x03\x04 half of it")
    assert "mine.keras" in refused("maximize", UNIT, "--model", "mine.keras")


def test_without_a_net_the_way_out_is_named(refused, monkeypatch):
    def unreachable(*arguments: object, **settings: object) -> None:
        raise Exception("URL fetch failure on https://storage.googleapis.com/")

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", unreachable)
    message = refused("maximize", "conv_pw_1:3", "--model", "mobilenet")
    assert "could not be downloaded (URL fetch failure" in message
    assert "vgg16-tiny works at once, offline." in message


def test_the_verb_is_the_same_as_in_python(run):
    import convscope as cs

    run("maximize", UNIT, "--seed", "5", *FAST)
    made = cs.maximize(cs.load(), UNIT, seed=5, steps=2, precision="float32")
    assert (images.read("block1_conv2-3-seed-5.png") == made.picture).all()


def test_objectives_and_several_seeds_of_one(run):
    goal = f"2 * {UNIT} - 5 * l2"
    lines = run("maximize", goal, "--count", "2", "--out", "made", *FAST).out.splitlines()
    names = [Path(line.split("  ")[0]).name for line in lines]
    assert [name.rpartition("-seed-")[2] for name in names] == ["0.png", "1.png"]
    info = images.read_info(Path("made", names[1]))
    assert info["objective"] == goal
    assert json.loads(info["recipe"])["seed"] == 1
    command = run("show", f"made/{names[1]}").out.splitlines()[-1]
    again = run(*shlex.split(command)[1:], "--out", "again.png")
    assert again.out
    first, second = (images.read(path) for path in ("again.png", Path("made", names[1])))
    # One was made in a batch of two, the other alone, which machines round differently.
    assert np.abs(first - second).mean() < 0.5 / 255
    assert images.read_info(Path("made", names[1]))["batch"] == shlex.join([goal, goal])


def test_a_recipe_comes_from_a_picture_and_options_change_it(run):
    run("maximize", UNIT, "--rate", "0.2", "--seed", "4", "--out", "first.png", *FAST)
    run("maximize", UNIT, "--recipe", "first.png", "--out", "again.png")
    assert Path("first.png").read_bytes() == Path("again.png").read_bytes()
    run("maximize", UNIT, "--recipe", "first.png", "--seed", "5", "--out", "other.png")
    recipe = json.loads(images.read_info(Path("other.png"))["recipe"])
    assert (recipe["rate"], recipe["seed"], recipe["steps"]) == (0.2, 5, 2)


def test_a_size_that_fits(run):
    run("maximize", "block2_conv2:3", "--size", "fit", "--out", "small.png", *FAST)
    assert images.read(Path("small.png")).shape == (28, 28, 3)


def test_a_picture_of_the_field_and_the_command_that_makes_it_again(run):
    made = run("maximize", "block1_conv2:3", "--size", "field", "--out", "field.png", *FAST)
    assert (made.status, images.read(Path("field.png")).shape) == (0, (5, 5, 3))
    before = Path("field.png").read_bytes()
    command = run("show", "field.png").out.splitlines()[-1]
    assert "block1_conv2:3@center" in command
    assert "--contrast 0.25" in command
    assert run(*shlex.split(command)[1:], "--out", "field.png").status == 0
    assert Path("field.png").read_bytes() == before


def test_an_enlarged_picture_says_so_and_the_command_makes_it_again(run):
    assert run("maximize", "block1_conv1:3", "--steps", "2", "--out", "small.png").status == 0
    made = run("maximize", "block1_conv1:3", "--steps", "2", "--enlarge", "3", "--out", "big.png")
    assert made.status == 0
    small, big = (images.read(Path(name)) for name in ("small.png", "big.png"))
    assert big.shape == (3 * 64, 3 * 64, 3)
    # Smooth, and yet the same picture: no square of one colour stands for a pixel.
    assert len(np.unique(big[:3, :9].reshape(-1, 3), axis=0)) > 9
    assert np.abs(images.resize(big, (64, 64)) - small).mean() < 0.02
    info = images.read_info(Path("big.png"))
    assert info["enlarged"] == "3 times, bicubic; the network saw 64x64"
    assert info["size"] == "64x64"
    command = run("show", "big.png").out.splitlines()[-1]
    before = Path("big.png").read_bytes()
    assert "--enlarge 3" in command
    assert run(*shlex.split(command)[1:], "--out", "big.png").status == 0
    assert Path("big.png").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("block1_conv1:3", "--enlarge", "0"),
            "Expected --enlarge to be a whole number from 1 to 64",
        ),
        (("block1_conv1:0-1", "--enlarge", "2", "--out", "s.png"), "for single pictures"),
    ],
)
def test_what_cannot_be_enlarged_is_refused(refused, arguments, message):
    assert message in refused("maximize", *arguments)
