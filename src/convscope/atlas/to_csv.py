"""An atlas as a table: one row for each picture."""

from pathlib import Path

from convscope import files, results
from convscope.atlas.atlas import Atlas
from convscope.errors import InputError
from convscope.progress import Progress


def to_csv(atlas: Atlas, out: Path, progress: Progress) -> Path:
    """Write the table of an atlas as CSV, and return the path.

    Raises:
        InputError: the path does not end in .csv.
        OutputError: the file cannot be written.
    """
    if out.suffix.lower() != results.TABLE:
        raise InputError.expected("a file ending in .csv", f"'{out}'")
    progress(0.0, "Writing the table")
    return files.put_text(out, results.csv_text(atlas.table()))
