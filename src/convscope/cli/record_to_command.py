"""From a result's record to the command that makes it again."""

from convscope.cli.rooms import ROOMS
from convscope.errors import ConvscopeError, InputError
from convscope.terminal.command_line import Notes, network_pairs
from convscope.terminal.record import Record

AGAIN = {kind: again for room in ROOMS for kind, again in room.again.items()}
COMMANDS = {
    command.__name__: command for room in ROOMS if not room.group for command in room.commands
}


def command_again(record: Record) -> tuple[str, list[str]]:
    """Return the command line, quoted for a shell, and what it does not tell."""
    kind = record.text("made by" if "made by" in record else "convscope")
    if kind not in AGAIN:
        raise InputError.expected("a record of a kind that is known", repr(kind))
    notes = Notes()
    try:
        made = AGAIN[kind](record, notes)
        if made.command in COMMANDS:  # the commands of a group read what has its network in it
            made = made.with_options(network_pairs(record, COMMANDS[made.command], notes))
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        if isinstance(error, ConvscopeError):
            raise
        raise InputError(
            f"The record in '{record.file}' does not hold together ({type(error).__name__}), so "
            "that no command is made of it."
        ) from error
    if "dpi" in record:
        notes.add("It has {dpi} pixels an inch; a command makes 144.", dpi=record.whole("dpi"))
    if "recipes" in record:
        notes.add("The pictures have recipes of their own, under recipes.")
    return str(made), notes.lines
