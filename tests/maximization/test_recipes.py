"""Which recipe is used for what."""

import pytest

from convscope.maximization.recipe import Recipe
from convscope.maximization.recipes import RECIPES, recipe_for


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("picture", {"use": "picture"}),
        ("picture-aligned", {"use": "picture", "aligned": True}),
        ("film", {"use": "film"}),
        ("film-aligned", {"use": "film", "aligned": True}),
        ("film-from-photo", {"use": "film", "from_photo": True}),
        ("film-from-photo", {"use": "film", "aligned": True, "from_photo": True}),
        ("training", {"use": "training"}),
        ("training", {"use": "training", "aligned": True}),
        ("training-draft", {"use": "training-draft"}),
    ],
)
def test_each_use_has_its_recipe(name, arguments):
    assert recipe_for(**arguments) is RECIPES[name]


def test_the_recipe_of_a_picture_is_the_plain_one():
    assert recipe_for("picture") == Recipe()


@pytest.mark.parametrize("name", [name for name in RECIPES if not name.startswith("picture")])
def test_what_is_compared_over_time_makes_every_step(name):
    assert RECIPES[name].patience == 0


@pytest.mark.parametrize("name", [name for name in RECIPES if name.endswith("aligned")])
def test_where_every_place_counts_nothing_is_moved(name):
    assert str(RECIPES[name].transforms) == "none"
