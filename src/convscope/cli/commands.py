"""The commands, in the order in which the help lists them."""

from collections.abc import Callable
from typing import Any

from convscope.cli.app import app
from convscope.cli.check import check
from convscope.cli.models import models
from convscope.cli.moved import MOVED
from convscope.cli.rooms import ROOMS
from convscope.cli.show import show
from convscope.cli.units import units
from convscope.terminal.usage import Strict, reflowed

COMMANDS: tuple[Callable[..., None], ...] = (
    *(command for room in ROOMS for command in room.commands),
    *(models, units, check, show),
)

for command in COMMANDS:
    kind: Any = type("Strict", (Strict,), {"moved": MOVED.get(command.__name__, {})})
    # A single dash begins a unit, as in -block5_conv3:17; Strict refuses unknown options itself.
    app.command(
        cls=kind,
        help=reflowed(command.__doc__),
        context_settings={"ignore_unknown_options": True},
    )(command)
