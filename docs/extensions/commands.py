"""A directive that writes every command of the shell, from its own help."""

import contextlib
import io
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def application() -> Any:
    """Return Convscope's application, as its command line builds it."""
    import typer

    from convscope.cli import commands  # noqa: F401  which tells the application of itself
    from convscope.cli.app import app

    return typer.main.get_command(app)


def every_command(command: Any, context: Any = None, name: str = "convscope") -> Iterator[Any]:
    """Yield the context of each command that is no group, in the order of the help."""
    context = command.make_context(name, [], parent=context, resilient_parsing=True)
    if not getattr(command, "commands", None):
        yield context
        return
    for each in command.list_commands(context):
        yield from every_command(command.commands[each], context, each)


class Commands(SphinxDirective):
    """``convscope-commands``: a section for each command, with its arguments and options."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        return [self._section(context) for context in every_command(application())]

    def _section(self, context: Any) -> nodes.Node:
        command = context.command
        with contextlib.redirect_stdout(io.StringIO()):  # names of tables are filled in by it
            command.format_help(context, context.make_formatter())
        name = nodes.make_id(context.command_path)
        section = nodes.section("", nodes.title("", context.command_path), ids=[name], names=[name])
        usage = command.get_usage(context).removeprefix("Usage: ").strip()
        section += nodes.literal_block(usage, usage, language="text")
        for text in (command.help or "").split("\n\n"):
            section += nodes.paragraph("", " ".join(text.split()))
        for title, records in self._panels(context).items():
            section += nodes.rubric("", title)
            section += nodes.definition_list("", *map(_definition, records))
        return section

    def _panels(self, context: Any) -> dict[str, list[tuple[str, str]]]:
        """What each panel of the help lists, as pairs: how it is spelled, and what it says."""
        panels: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in context.command.get_params(context):
            record = parameter.get_help_record(context)
            if record and parameter.name != "help":
                kind = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panel = getattr(parameter, "rich_help_panel", None) or kind
                panels.setdefault(panel, []).append(record)
        return {title: records for title, records in panels.items() if records}


def _definition(record: tuple[str, str]) -> nodes.Node:
    spelled, says = record
    return nodes.definition_list_item(
        "",
        nodes.term("", "", nodes.literal("", " ".join(spelled.split()))),
        nodes.definition("", nodes.paragraph("", " ".join(says.split()))),
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("convscope-commands", Commands)
    return {"parallel_read_safe": True}
