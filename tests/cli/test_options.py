"""One word means one thing, and no command has more options than a person reads."""

import pytest
import typer

from convscope.cli import commands
from convscope.cli.app import app
from convscope.maximization.options import SETTINGS, RecipeOptions
from convscope.maximization.recipe import Recipe
from convscope.terminal.options import NETWORK

TOP = typer.main.get_command(app).commands
COMMANDS = {
    name: TOP[name] if " " not in name else TOP[name.split()[0]].commands[name.split()[1]]
    for name in commands.NAMES
}
MOST = 14


def options(name):
    """The options of a command by name, with the title each is listed under."""
    found = {}
    for param in COMMANDS[name].params:
        if param.param_type_name == "option":
            found[param.opts[0]] = (getattr(param, "rich_help_panel", None), param.help)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_few_options_beside_the_network_and_the_recipe(name):
    own = [panel for panel, _ in options(name).values() if panel not in (NETWORK, "Recipe")]
    assert len(own) + len(["--help"]) <= MOST


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_a_command(name):
    assert not {each.removeprefix("--") for each in options(name)} & {*TOP} - {"weights"}


@pytest.mark.parametrize("option", ["--steps", "--second", "--seed", "--json", "--precision"])
def test_an_option_means_the_same_in_every_command(option):
    texts = {options(name)[option][1] for name in COMMANDS if option in options(name)}
    assert len(texts) == 1


def test_the_recipe_options_are_settings_of_a_recipe():
    assert set(SETTINGS) <= set(Recipe.__dataclass_fields__)
    assert RecipeOptions.PANEL == "Recipe"


def test_commands_are_those_of_the_table():
    assert [*TOP] == [*(command.__name__ for command in commands.COMMANDS), *commands.GROUPS]
    for name, rooms in commands.GROUPS.items():
        names = [command.__name__ for room in rooms for command in room.commands]
        assert [*TOP[name].commands] == names
