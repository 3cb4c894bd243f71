"""Options in dataclasses: a command has an option for each field."""

import inspect
from dataclasses import dataclass
from typing import Annotated, ClassVar

import typer

from convscope.terminal.groups import flattened, options_of


@dataclass(frozen=True)
class Paper:
    PANEL: ClassVar[str] = "Paper"

    width: Annotated[int, typer.Option(help="In pixels.")] = 3
    glossy: Annotated[bool, typer.Option("--glossy")] = False


@flattened
def draw(
    photo: Annotated[str, typer.Argument()],
    paper: Paper,
    name: Annotated[str | None, typer.Option("--called")] = None,
) -> None:
    """Draw it."""
    drawn.append((photo, paper, name))


drawn = []


def test_the_fields_of_a_group_stand_in_its_place_with_their_defaults():
    parameters = inspect.signature(draw).parameters
    assert list(parameters) == ["photo", "width", "glossy", "name"]
    assert (parameters["width"].default, parameters["glossy"].default) == (3, False)
    assert parameters["photo"].default is inspect.Parameter.empty


def test_the_command_gets_the_group():
    draw(photo="a.png", width=5, glossy=True)
    assert drawn.pop() == ("a.png", Paper(5, True), None)


def test_options_of_a_group_are_listed_under_its_title():
    (listed,) = inspect.signature(draw).parameters["width"].annotation.__metadata__
    (option,) = Paper.__annotations__["width"].__metadata__
    assert (listed.rich_help_panel, option.rich_help_panel) == ("Paper", None)
    assert listed.help == option.help


def test_a_command_keeps_its_name_and_its_help():
    assert (draw.__name__, draw.__doc__) == ("draw", "Draw it.")


def test_options_and_whether_they_need_a_value():
    assert options_of(draw) == {"--width": True, "--glossy": False, "--called": True}


def test_typer_makes_a_command_of_it():
    command = typer.main.get_command_from_info(
        typer.models.CommandInfo(name="draw", callback=draw),
        pretty_exceptions_short=True,
        rich_markup_mode=None,
    )
    command.main(["a.png", "--width", "7", "--called", "x"], standalone_mode=False)
    assert drawn.pop() == ("a.png", Paper(7), "x")
