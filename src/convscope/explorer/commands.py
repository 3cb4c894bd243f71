"""The command and the Python that make what a page shows."""

from pathlib import Path
from typing import Any

from convscope.atlas.entry import Entry
from convscope.atlas.store import Store
from convscope.errors import ConvscopeError
from convscope.explorer.studio import Loaded
from convscope.maximization.command import again, maximize
from convscope.terminal import record
from convscope.terminal.command_line import CommandLine, Notes, network_pairs
from convscope.terminal.record import Record


def commands_of_unit(
    loaded: Loaded, store: Store | None, entry: Entry | None, unit: str
) -> dict[str, Any]:
    """Return the command and the Python that make the picture of a unit, with remarks."""
    notes = Notes()
    command = str(CommandLine("maximize", (unit,)))
    if store and entry:
        try:
            command = _command(store.path(entry.key), notes)
        except ConvscopeError as error:
            notes.add("{error}", error=str(error))
    python = f"cs.maximize(network, {unit!r}, seed={loaded.edition.recipe.seed})"
    return {"command": command, "remarks": notes.lines, "python": python}


def _command(path: Path, notes: Notes) -> str:
    """Return the command that a picture's own record tells."""
    found: Record = record.read(path)
    made = again(found, notes)
    return str(made.with_options(network_pairs(found, maximize, notes)))
