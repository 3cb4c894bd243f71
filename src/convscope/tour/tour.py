"""From a network and photos to the page and its pictures."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from convscope import files
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError
from convscope.images import Photo
from convscope.networks.loading.load import load
from convscope.networks.network import Network
from convscope.tour.chapters import CHAPTERS
from convscope.tour.context import Tour
from convscope.tour.page import Chapter, render, signature

INTRODUCTION = (
    "This page was made on this machine, just now, by looking into a small network of the VGG16 "
    "kind. It was trained on 100,000 photos of 200 things, 64 pixels wide, and names the right one "
    "of the 200 for four photos in ten. Every picture here comes out of its weights, but for a "
    "film of its training, which was made beforehand, and the pictures of a second network beside "
    "it, which say so."
)
LIMITS = (
    "What these pictures do not prove: a high score does not show meaning, a channel is not a "
    "concept, and maximization shows an extreme. How a picture looks also depends on how it is "
    "made: a smooth canvas and random shifts keep noise away, and give every network's pictures "
    "something in common."
)


def make(
    out: str | Path,
    *,
    photos: Sequence[str | os.PathLike[str]] = (),
    seed: int = 0,
    network: Network | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Make the tour's page and its pictures in a folder.

    Args:
        out: the folder; made if missing.
        photos: photos to look at; two public-domain ones if not given.
        seed: decides which units are drawn, and the pictures.
        network: the embedded ``vgg16-tiny`` if not given.
        progress: told the chapter's title-to-be and the share done, from 0 to 1.

    Returns:
        The path of ``index.html``. Interrupted, the chapters that are finished are on the page.
    """
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"Expected a folder to write the tour to. Received: the file {out}.")
    found = network or load()
    given = tuple(each if isinstance(each, Photo) else Path(each) for each in photos)
    tour = Tour(found, given or PHOTOS, seed)
    chapters: list[Chapter] = []
    done = 0.0
    try:
        for chapter, share in CHAPTERS.items():
            title = (chapter.__doc__ or "").rstrip(".")

            def tell(
                part: float, title: str = title, begun: float = done, share: float = share
            ) -> None:
                if progress:
                    progress(title, begun + part * share)

            tell(0.0)
            chapters.append(chapter(tour, tell))
            done += share
    finally:
        if chapters:
            _write(folder, found, chapters)
    if progress:
        progress("Done", 1.0)
    return folder / "index.html"


def _write(folder: Path, network: Network, chapters: Sequence[Chapter]) -> None:
    for chapter in chapters:
        for row in chapter.rows:
            for shown in row.pictures:
                files.put(folder / "pictures" / shown.name, shown.data)
    foot = f"{LIMITS} {signature(network.name, network.digest)}"
    text = render("What a network has learned", INTRODUCTION, chapters, foot)
    files.put_text(folder / "index.html", text)
