"""The commands, in the order in which the help lists them."""

from convscope.cli.app import app
from convscope.cli.attribute import attribute
from convscope.cli.check import check
from convscope.cli.layers import layers
from convscope.cli.maximize import maximize
from convscope.cli.models import models
from convscope.cli.show import show
from convscope.cli.units import units
from convscope.connections.command import weights
from convscope.films.command import animate
from convscope.terminal.usage import Strict, reflowed
from convscope.tour.command import tour
from convscope.training_films.command import evolve

COMMANDS = (tour, maximize, layers, animate, attribute, weights, evolve, models, units, check, show)

for command in COMMANDS:
    # A single dash begins a unit, as in -block5_conv3:17; Strict refuses unknown options itself.
    app.command(
        cls=Strict,
        help=reflowed(command.__doc__),
        context_settings={"ignore_unknown_options": True},
    )(command)
