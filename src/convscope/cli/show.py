"""``convscope show``: where a saved result comes from, and the command that makes it again."""

import json as json_format
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from convscope.cli.record_to_command import command_again
from convscope.printable import printable
from convscope.terminal import options, output, record
from convscope.terminal.options import argument

# In this order they are shown; what else a file says comes after, the versions last.
FIRST = (
    *("convscope", "made by", "kind", "objective", "objectives", "unit", "label"),
    *("photo", "start", "other"),
    *("target", "method", "asked", "settings", "trial", "layer", "layers", "at", "checkpoints"),
    *("network", "second", "size", "count", "seed", "steps", "precision", "recipe"),
    *("frames", "strength"),
    *("response", "score", "contrast", "standing", "top"),
)
LAST = ("options", "second options", "backend", "versions", "digest", "second digest")
DIGITS = 6  # of numbers that are shown; the file has them all


def show(
    file: Annotated[Path, argument("FILE", "A picture, a film, or the .json beside it.")],
    json: options.AsJson = False,
) -> None:
    """Tell how a saved picture or film was made, and the command that makes it again.

    Nothing that the file names is opened, and what it says is quoted for a shell.
    """
    found = record.read(file)
    command, notes = command_again(found)
    if json:
        output.as_json({**found, "command": command, "notes": notes})
        return
    names = [name for name in FIRST if name in found]
    names += [name for name in found if name not in (*FIRST, *LAST)]
    names += [name for name in LAST if name in found]
    width = max(len(_named(name)) for name in names)
    for name in names:
        output.line(f"{_named(name):{width}}  {shlex.quote(printable(_shown(found[name])))}")
    output.line("")
    for note in notes:
        output.line(f"# {note}")
    output.line(command)


def _named(name: str) -> str:
    """A name with its colon: one word, which no shell takes for a command."""
    word = "-".join(name.split())
    plain = word.isascii() and word.replace("-", "").replace("_", "").isalnum() and len(word) < 40
    return f"{word if plain else shlex.quote(printable(name[:40]))}:"


def _shown(value: object) -> str:
    value = _rounded(value)
    return value if isinstance(value, str) else json_format.dumps(value, ensure_ascii=False)


def _rounded(value: object) -> object:
    """The same with numbers that people read; a text that is a number is one."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, str) and len(value) > DIGITS and "." in value:
        try:
            return f"{float(value):.{DIGITS}g}"
        except ValueError:
            return value
    return value
