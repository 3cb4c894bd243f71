"""Options that are commands now: refused in one line that says what to type."""

import pytest

from convscope.cli import commands
from convscope.cli.moved import MOVED
from convscope.terminal.groups import options_of

COMMANDS = {command.__name__: command for command in commands.COMMANDS}


@pytest.mark.parametrize(
    ("command", "option"), [(command, each) for command, some in MOVED.items() for each in some]
)
def test_a_moved_option_is_refused_with_the_command_that_has_it(refused, command, option):
    message = refused(command, "x", option)
    assert message == f"{command} takes no {option}. Try: {MOVED[command][option]}.\n"
    assert option not in options_of(COMMANDS[command])
    name, *words = MOVED[command][option].removeprefix("convscope ").split()
    if name in COMMANDS:
        there = {word for word in words if word.startswith("--")}
        assert there <= options_of(COMMANDS[name]).keys()


def test_an_option_with_its_value_is_refused_too(refused):
    assert "Try: convscope dictionary PHOTO --at" in refused("layers", "a.png", "--at=3,4")
