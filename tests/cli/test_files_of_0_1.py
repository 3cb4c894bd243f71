"""Files that version 0.1 wrote stay readable. These files are never made again."""

import json
import shlex
from pathlib import Path

import pytest

from convscope.maximization.recipe import Recipe
from convscope.transforms.composition import Transforms

FILES = Path(__file__).with_name("files_of_0_1")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (
            "picture.png",
            "convscope maximize '0.5 * block2_conv1:17 - 20 * total-variation' --size 32x32 "
            "--seed 7 --steps 8 --optimizer 'adam(beta_1=0.5)' "
            "--transforms 'shift(1/8), scale(1.2)' --precision float32",
        ),
        (
            "film.gif.json",
            "convscope animate block2_conv1:17 --size 16x16 --seed 0 --steps 4 "
            "--precision float32 --frames 5",
        ),
        (
            "map.json",
            "convscope attribute coffee.jpg --target predictions:38 --method gradient --seed 0",
        ),
    ],
)
def test_show_prints_the_command_that_made_a_file(run, name, command):
    printed = run("show", FILES / name)
    assert (printed.status, printed.err) == (0, "")
    found = printed.out.splitlines()[-1]
    assert shlex.split(found) == shlex.split(command)


def test_a_recipe_keeps_every_setting():
    recipe = Recipe.load(FILES / "recipe.json")
    written = json.loads((FILES / "recipe.json").read_text(encoding="utf-8"))
    assert (recipe.canvas, recipe.optimizer, recipe.seed) == ("maco", "nadam", 0)
    assert {name: json.loads(json.dumps(recipe.as_json()[name])) for name in written} == written


def test_a_picture_is_a_recipe():
    recipe = Recipe.load(FILES / "picture.png")
    assert (recipe.steps, recipe.seed) == (8, 7)
    assert recipe.optimizer == "adam(beta_1=0.5)"
    assert recipe.transforms == Transforms.parse("shift(1/8), scale(1.2)")
