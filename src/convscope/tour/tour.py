"""``make``: the tour, one page with all pictures, of a network and photos."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from convscope import files
from convscope.datasets.sample_photos import COFFEE
from convscope.errors import InputError
from convscope.images import Photo
from convscope.networks.loading.load import load
from convscope.networks.network import Network
from convscope.progress import Progress, part
from convscope.tour.chapters import CHAPTERS
from convscope.tour.context import Extent, Tour
from convscope.tour.page import Chapter, render, signature, text

WHOLE = Extent()


def make(
    out: str | Path,
    *,
    photos: Sequence[str | os.PathLike[str]] = (),
    seed: int = 0,
    network: Network | None = None,
    progress: Progress | None = None,
    extent: Extent = WHOLE,
    chapters: Mapping[Callable[[Tour, Progress], Chapter], float] = CHAPTERS,
) -> Path:
    """Make the tour's page and its pictures in a folder, and return the page's path.

    Args:
        out: the folder, made if it is missing.
        photos: paths of photos; a public-domain photo of a cup of coffee if none are given.
        seed: of the random choice of units and of the pictures.
        network: the embedded ``vgg16-tiny`` if not given.
        progress: called with the fraction done, in [0, 1], and the chapter that is made.
        extent: how much the chapters show.
        chapters: in their order, each with its share of the time.

    Returns:
        The path of ``index.html``. After an interruption, the page has the finished chapters.

    Raises:
        InputError: ``out`` is a file, or a photo cannot be used.
    """
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise InputError.expected("a folder to write the tour to", f"the file {out}")
    found = network or load()
    given = tuple(each if isinstance(each, Photo) else Path(each) for each in photos)
    tour = Tour(found, given or (COFFEE,), seed, extent)
    made: list[Chapter] = []
    done = 0.0
    try:
        for chapter, share in chapters.items():
            title = (chapter.__doc__ or "").rstrip(".")
            making = part(progress, done, done + share, title)
            making(0.0, "")
            made.append(chapter(tour, making))
            done += share
    finally:
        if made:
            _write(folder, found, made)
    if progress:
        progress(1.0, "Done")
    return folder / "index.html"


def _write(folder: Path, network: Network, chapters: Sequence[Chapter]) -> None:
    for chapter in chapters:
        for row in chapter.rows:
            for shown in row.pictures:
                files.put(folder / "pictures" / shown.name, shown.data)
    foot = f"{text('Limits')} {signature(network.name, network.digest)}"
    page = render("What a network has learned", text("Introduction"), chapters, foot)
    files.put_text(folder / "index.html", page)
