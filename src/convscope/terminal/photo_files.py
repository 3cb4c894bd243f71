"""Several photos in one command: files and folders of them, and where each one's result goes."""

from collections.abc import Collection, Sequence
from pathlib import Path

from convscope.errors import InputError
from convscope.terminal import destinations


def expanded(given: Sequence[Path]) -> list[Path]:
    """The photos that are meant: files as they are, of a folder all photos that lie in it."""
    from convscope.datasets.photos import is_photo

    found: list[Path] = []
    for each in given:
        if not each.is_dir():
            found.append(each)
            continue
        inside = sorted(path for path in each.iterdir() if path.is_file() and is_photo(path.name))
        if not inside:
            raise InputError(f"Expected photos in the folder '{each}'. Received: none.")
        found += inside
    return found


def names(photos: Sequence[Path]) -> list[str]:
    """What to call each photo's result; of two photos of one name, the second has a number.

    Example:
        >>> names([Path("a/bee.jpg"), Path("b/bee.jpg"), Path("fly.png")])
        ['bee', 'bee-2', 'fly']
    """
    stems = [photo.stem for photo in photos]
    return [
        f"{stem}-{stems[:place].count(stem) + 1}" if stem in stems[:place] else stem
        for place, stem in enumerate(stems)
    ]


def paths(
    photos: Sequence[Path],
    out: Path | None,
    ending: str,
    suffixes: Collection[str],
    beginning: str = "",
    beside: destinations.Beside = destinations.alone,
) -> list[Path]:
    """Where the results go, one a photo, by names such as 'bee-layers.png'; refused if they cannot.

    Args:
        photos: of one photo, ``out`` may be a file.
        out: a file or a folder; None for the current folder.
        ending: what a result's name ends in: '-layers.png'.
        suffixes: of the files that can be written.
        beginning: what it begins with, before the photo's name.
        beside: what else is written, beside a file of a path.
    """
    if out and len(photos) == 1 and not out.is_dir():
        return [destinations.ready(out, suffixes, beside)]
    if out and not destinations.is_folder(out):
        raise InputError(f"Expected a folder for {len(photos)} photos. Received: --out {out}.")
    called = [f"{beginning}{name}{ending}" for name in names(photos)]
    if out is None:
        return [destinations.default(each, suffixes, beside=beside) for each in called]
    folder = destinations.folder(out)
    return [destinations.ready(folder / each, suffixes, beside) for each in called]
