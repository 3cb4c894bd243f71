"""What goes to standard output: lines, tables and JSON, never cut to the width of a terminal."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from convscope.printable import printable


def line(text: str) -> None:
    """Print a line; letters that steer the terminal, or that it cannot show, are spelled out."""
    page(printable(text))


def page(text: str) -> None:
    """Print lines of our own; letters that the terminal cannot show are spelled out."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def lines(rows: Iterable[Sequence[str]]) -> None:
    """Print a line a row, its parts two spaces apart; empty parts are left out."""
    for row in rows:
        line("  ".join(part for part in row if part))


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows below their header, in columns; numbers stand to the right."""
    cells = [[printable(_text(value)) for value in row] for row in rows]
    right = [all(_is_number(row[column]) for row in cells) for column in range(len(header))]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for row in (header, *cells):
        padded = (
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(row, widths, right, strict=True)
        )
        line("  ".join(padded).rstrip())


def as_json(value: object) -> None:
    """Print a value as JSON for people and programs."""
    print(json.dumps(value, indent=2, ensure_ascii=True))


def as_several(values: Sequence[Any], inputs: Sequence[Any]) -> None:
    """Print as JSON a list of what was asked for; of one thing that thing alone."""
    as_json(list(values) if len(inputs) > 1 else values[0])


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(text: str) -> bool:
    return text == "-" or text.replace(",", "").replace(".", "").replace("%", "").isdecimal()
