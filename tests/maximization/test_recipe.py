"""A recipe is a frozen value that can be written down and read again."""

import json
import os

import pytest

from convscope.errors import InputError
from convscope.maximization.maximize import maximize
from convscope.maximization.recipe import Recipe
from convscope.transforms import Transforms
from tests.maximization.test_maximize import network


def test_a_recipe_survives_json():
    recipe = Recipe(
        steps=7,
        seed=3,
        detail=(0.1, 0.9),
        schedule="linear",
        optimizer="sgd(momentum=0.9)",
        transforms=Transforms.parse("flip, noise(0.1)"),
    )
    assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe


def test_the_transforms_of_a_recipe_read_well():
    assert Recipe().as_json()["transforms"] == "shift(1/16), scale(1.1), rotate(5)"
    assert Recipe(transforms=Transforms()).as_json()["transforms"] == "none"


def test_the_rate_falls_from_all_to_a_twentieth():
    recipe = Recipe(rate=2.0)
    assert recipe.rate_at(0.0) == pytest.approx(2.0)
    assert recipe.rate_at(1.0) == pytest.approx(0.1)
    assert recipe.rate_at(0.25) > recipe.rate_at(0.5) > recipe.rate_at(0.75)


def test_detail_comes_in_until_half_of_the_steps():
    recipe = Recipe(detail=(0.2, 0.9))
    assert [recipe.detail_at(share) for share in (0.0, 0.25, 0.5, 1.0)] == pytest.approx(
        [0.2, 0.55, 0.9, 0.9]
    )


@pytest.mark.parametrize("broken", [{}, {"detail": 3}, {**Recipe().as_json(), "colour": 1}])
def test_settings_that_are_no_recipe_are_refused(broken):
    with pytest.raises(InputError, match="Expected a recipe's settings"):
        Recipe.from_json(broken)


def test_a_recipe_is_saved_and_loaded_also_from_a_picture(tmp_path):
    recipe = Recipe(steps=2, seed=5, decay=1.5, precision="float32")
    assert Recipe.load(recipe.save(tmp_path / "mine.json")) == recipe
    made = maximize(network(), "conv:0", recipe=recipe)
    saved = made.save(tmp_path / "red.png")
    assert Recipe.load(saved) == recipe
    again = maximize(network(), "conv:0", recipe=Recipe.load(saved))
    assert again.save(tmp_path / "again.png").read_bytes() == saved.read_bytes()


def test_what_a_file_leaves_out_is_the_default(tmp_path):
    (tmp_path / "mine.json").write_text('{"steps": 3, "grow": [1.0]}')
    assert Recipe.load(tmp_path / "mine.json") == Recipe(steps=3)  # as earlier versions wrote it
    (tmp_path / "grown.json").write_text('{"grow": [0.5, 1.0]}')
    with pytest.raises(InputError, match="made at one size"):
        Recipe.load(tmp_path / "grown.json")


@pytest.mark.parametrize("content", ["{", "[]", "3", "{}", '{"stairs": 3}'])
def test_a_file_without_a_recipe_is_refused(tmp_path, content):
    (tmp_path / "mine.json").write_text(content)
    with pytest.raises(InputError, match="Expected a recipe"):
        Recipe.load(tmp_path / "mine.json")
    with pytest.raises(InputError, match="nowhere.json"):
        Recipe.load(tmp_path / "nowhere.json")


def test_a_pipe_or_a_text_without_an_end_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    for name in ("pipe.json", "deep.json"):
        with pytest.raises(InputError, match=f"{name}', which has none"):
            Recipe.load(tmp_path / name)
