"""What stores have in them, to be compared, and changes behind their backs."""

import sqlite3
from pathlib import Path

from convscope.atlas import database

TIMES = ("made", "seconds")


def content(folder: Path) -> tuple[dict, dict]:
    """Every row but for its times, and every picture's bytes."""
    with sqlite3.connect(folder / database.NAME) as connection:
        connection.row_factory = sqlite3.Row
        rows = {
            row["key"]: {name: row[name] for name in row.keys() if name not in TIMES}  # noqa: SIM118
            for row in connection.execute("SELECT * FROM entries")
        }
    connection.close()
    files = {path.name: path.read_bytes() for path in (folder / "pictures").rglob("*.webp")}
    return rows, {name: data for name, data in files.items() if name.split(".")[0] in rows}


def change(folder: Path, statement: str) -> None:
    """Run a statement on the database of an atlas."""
    with sqlite3.connect(folder / database.NAME) as connection:
        connection.execute(statement)
    connection.close()
