"""Commands that take units such as -block5_conv3:17, and still refuse a misspelt option."""

from typing import Any

import typer
from typer.core import TyperCommand

from convscope.errors import unknown

# What Typer raises for a wrong command line. It is Click's, or a copy of it, depending on Typer's
# version; a BadParameter is one in all of them.
UsageError: Any = typer.BadParameter.__base__


class Strict(TyperCommand):
    """A command that knows all its long options; a single dash begins a unit."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an option that this command does not have, with the nearest that it has."""
        known = [
            name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)
        ]
        for argument in args:
            if argument == "--":
                break
            name = argument.partition("=")[0]
            if name.startswith("--") and name not in known:
                raise unknown("option", name, [each for each in known if each.startswith("--")])
        return super().parse_args(ctx, args)
