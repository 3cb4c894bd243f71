"""The forms that an atlas can be exported to."""

from collections.abc import Callable
from pathlib import Path

from convscope.atlas.atlas import Atlas
from convscope.atlas.to_csv import to_csv
from convscope.atlas.to_dataset import to_dataset
from convscope.errors import InputError, refuse_unknown
from convscope.explorer.to_site import to_site
from convscope.progress import Progress

EXPORTS: dict[str, Callable[[Atlas, Path, Progress], Path]] = {
    "site": to_site,
    "csv": to_csv,
    "dataset": to_dataset,
}


def exported(atlas: Atlas, to: str, out: Path, progress: Progress) -> Path:
    """Write an atlas in one of the forms of ``EXPORTS``, and return the path.

    Raises:
        UnknownName: there is no such form.
        InputError: the atlas has no pictures, or something else is in the way.
        OutputError: it cannot be written.
    """
    refuse_unknown("form of an atlas", [to], EXPORTS)
    if not len(atlas):
        raise InputError.expected("an atlas with pictures", f"'{atlas.folder}', which has none")
    return EXPORTS[to](atlas, out, progress)
