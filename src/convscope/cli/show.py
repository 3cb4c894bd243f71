"""``convscope show``: where a saved result comes from, and the command that makes it again."""

import json as json_format
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from convscope.cli import again, options, output
from convscope.errors import InputError

NONE = (
    "Expected a file that Convscope saved: a picture, a film with its .json beside it, or a .json. "
    "Received: '{}', which says nothing about its origin."
)

# What a .json says beside its origin.
SEEN = (
    *("channels", "alike", "factors", "inputs", "settling", "moments", "stages"),
    *("maps", "rows", "reading"),
)


def show(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A picture, a film, or the .json beside it.")
    ],
    json: options.AsJson = False,
) -> None:
    """Tell how a saved picture or film was made, and the command that makes it again."""
    info = provenance(file)
    command, notes = again.command(info, str(file)), again.notes(info)
    if json:
        output.as_json({**info, "command": command, "notes": notes})
        return
    width = max(map(len, info))
    for key, value in info.items():
        text = value if isinstance(value, str) else json_format.dumps(value)
        output.line(f"{key:{width}}  {text}")
    output.line("")
    for note in notes:
        output.line(f"# {note}")
    output.line(command)


def provenance(file: Path) -> dict[str, Any]:
    """Read what a file, or the .json beside it, says about its origin; nested values as values."""
    from convscope import pictures

    beside = file.with_name(f"{file.name}.json")
    if file.suffix.lower() == ".json":
        info = _read_json(file)
    elif beside.is_file() and file.is_file():
        info = _read_json(beside)
    else:
        info = {key: _value(text) for key, text in pictures.read_info(file).items()}
    if info.get("convscope") == "card" and isinstance(info.get("picture"), Mapping):
        info = dict(info["picture"])  # a card's origin is its picture's
    if info.get("convscope") not in again.COMMANDS:
        raise InputError(NONE.format(file))
    return info


def _read_json(file: Path) -> dict[str, Any]:
    try:
        found = json_format.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise InputError(f"Cannot read '{file}': {reason}.") from error
    # What was seen is in the file itself; here only its origin counts.
    if not isinstance(found, Mapping):
        return {}
    return {key: value for key, value in found.items() if key not in SEEN}


def _value(text: str) -> Any:
    """A text chunk's value: a recipe is a mapping, written as JSON."""
    if not text.startswith("{"):
        return text
    try:
        return json_format.loads(text)
    except ValueError:
        return text
