"""The commands, in the order in which the help lists them."""

from convscope.cli.animate import animate
from convscope.cli.app import app
from convscope.cli.attribute import attribute
from convscope.cli.check import check
from convscope.cli.evolve import evolve
from convscope.cli.layers import layers
from convscope.cli.maximize import maximize
from convscope.cli.models import models
from convscope.cli.show import show
from convscope.cli.tour import tour
from convscope.cli.units import units
from convscope.cli.usage import Strict, reflowed
from convscope.cli.weights import weights

COMMANDS = (tour, maximize, layers, animate, attribute, weights, evolve, models, units, check, show)

for command in COMMANDS:
    # A single dash begins a unit, as in -block5_conv3:17; Strict refuses unknown options itself.
    app.command(
        cls=Strict,
        help=reflowed(command.__doc__),
        context_settings={"ignore_unknown_options": True},
    )(command)
