"""The commands, in the order in which the help lists them."""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from convscope.cli.app import app
from convscope.cli.check import check
from convscope.cli.models import models
from convscope.cli.moved import MOVED
from convscope.cli.rooms import ROOMS
from convscope.cli.show import show
from convscope.cli.units import units
from convscope.terminal.command_line import Room
from convscope.terminal.output import page
from convscope.terminal.usage import Group, Strict, reflowed

Command = Callable[..., None]

COMMANDS: tuple[Command, ...] = (
    *(command for room in ROOMS if not room.group for command in room.commands),
    *(models, units, check, show),
)
# By the word before its commands, the rooms of a group; the first one says what it is for.
GROUPS: dict[str, list[Room]] = {
    name: [room for room in ROOMS if room.group == name]
    for name in dict.fromkeys(room.group for room in ROOMS if room.group)
}
# What is typed after 'convscope', one word or two.
NAMES: tuple[str, ...] = (
    *(command.__name__ for command in COMMANDS),
    *(
        f"{name} {command.__name__}"
        for name, rooms in GROUPS.items()
        for room in rooms
        for command in room.commands
    ),
)


def _add(command: Command, where: typer.Typer) -> None:
    kind: Any = type("Strict", (Strict,), {"moved": MOVED.get(command.__name__, {})})
    # A single dash begins a unit, as in -block5_conv3:17; Strict refuses unknown options itself.
    where.command(
        cls=kind,
        help=reflowed(command.__doc__),
        context_settings={"ignore_unknown_options": True},
    )(command)


def _add_group(name: str, rooms: Sequence[Room]) -> None:
    group = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode="rich")

    @group.callback(help=rooms[0].about)
    def about(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            page(context.get_help())

    for room in rooms:
        for command in room.commands:
            _add(command, group)
    app.add_typer(group, name=name)


for command in COMMANDS:
    _add(command, app)
for name, rooms in GROUPS.items():
    _add_group(name, rooms)
