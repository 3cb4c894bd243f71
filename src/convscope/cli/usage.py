"""Commands that take units such as -block5_conv3:17, and still refuse a misspelt option."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

from convscope.errors import MissingExtra, unknown

# What Typer raises for a wrong command line. It is Click's, or a copy of it, depending on Typer's
# version; a BadParameter is one in all of them.
UsageError: Any = typer.BadParameter.__base__


def _listed(path: str, name: str) -> Callable[[], str]:
    """What lists the names of a table, which is imported when it is asked."""

    def listed() -> str:
        try:
            return ", ".join(getattr(import_module(path), name))
        except MissingExtra:  # without a backend there is no table, but still help
            return "a name"

    return listed


# Words in the help of options that stand for the names of a table: a row more is in the help too.
TABLES = {
    "{methods}": _listed("convscope.attribution", "METHODS"),
    "{measures}": _listed("convscope.attribution.evaluation", "MEASURES"),
}


class Strict(TyperCommand):
    """A command that knows all its long options; a single dash begins a unit."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Fill in the names of tables, only now: help for other commands imports none of them."""
        params: list[Any] = self.params
        for param in params:
            for word, listed in TABLES.items():
                if word in (getattr(param, "help", None) or ""):
                    param.help = param.help.replace(word, listed())
        super().format_help(ctx, formatter)

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
