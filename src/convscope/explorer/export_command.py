"""``convscope atlas export``: an atlas as pages, as a table or as a dataset.

The pages are the explorer's, so the command is here.
"""

from pathlib import Path
from typing import Annotated

from convscope.atlas.reading_commands import EditionName, Folder
from convscope.terminal import output
from convscope.terminal.command_line import Room
from convscope.terminal.options import option
from convscope.terminal.progress import progress
from convscope.terminal.usage import completing, listing


def export(
    folder: Folder,
    out: Annotated[Path, option("FILE|FOLDER", "Where the export goes.")],
    to: Annotated[
        str,
        option(
            "NAME",
            f"What to make: {listing('convscope.explorer.export', 'EXPORTS')}. The pages (site) "
            "need the extra explore.",
            autocompletion=completing("convscope.explorer.export", "EXPORTS"),
        ),
    ] = "site",
    edition: EditionName = None,
) -> None:
    """Write an atlas as the explorer's pages, to be opened from the disk, or as a table.

    The pages need no server, and have no photos in them. Prints the path of what was written.
    """
    from convscope.atlas.atlas import read_atlas
    from convscope.explorer.export import exported

    found = read_atlas(folder, edition)
    with progress("Writing") as show:
        path = exported(found, to, out, show)
    output.line(str(path))


ROOM = Room((export,), group="atlas")
