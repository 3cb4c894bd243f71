"""Photos that were handed to the explorer: read by our own reader, and kept as new files."""

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convscope import files, images
from convscope.brief import Brief
from convscope.errors import UnknownName
from convscope.explorer.dreams import Dream
from convscope.explorer.studio import Loaded
from convscope.images import Photo, Picture
from convscope.networks.photo import to_input
from convscope.printable import printable

FOLDER = "photos"
NAME = re.compile(r"[0-9a-f]{16}")
FRAME = re.compile(r"dream/([0-9a-f]{16})/(\d{1,5})")
LARGEST = 20 * 2**20  # bytes of an upload
PIXELS = 40_000_000
SIDE = 1024  # pixels of the longer side of the copy for the pages
LONGEST = 120  # letters of a name that is shown


@dataclass(frozen=True)
class Kept(Brief):
    """A photo as it was kept: pixels alone, in a file of our own.

    Args:
        folder: of all photos.
        name: 16 hexadecimal digits of the digest of its pixels.
    """

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / f"{self.name}.png"

    @property
    def seen(self) -> Path:
        """Where its pixels are as the network sees them."""
        return self.path.with_suffix(".npy")

    def photo(self) -> Photo:
        """Return it as the network sees it, (height, width, channels) in [0, 1]."""
        return Photo(Path(self.title), np.load(self.seen, allow_pickle=False))

    @property
    def title(self) -> str:
        """What it was called, as a text to be shown."""
        return str(files.remembered(self.path.with_suffix(".json")).get("title", "photo"))

    def _brief(self) -> str:
        return self.title


def keep(loaded: Loaded, picture: Picture, title: str) -> Kept:
    """Keep a photo, and return it; the same photo is kept once.

    Kept are the pixels as the network sees them, as exact as a command would show them to it, and a
    smaller copy for the pages.

    Args:
        loaded: the network.
        picture: (height, width, 3) in [0, 1].
        title: what it is called.
    """
    seen = to_input(loaded.network, picture)
    height, width = picture.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    small = images.resize(picture, (max(1, round(height * scale)), max(1, round(width * scale))))
    shown = images.encode_png(small if scale < 1 else picture)
    name = hashlib.sha256(shown + seen.tobytes()).hexdigest()[:16]
    found = Kept(loaded.folder / FOLDER, name)
    if not found.path.is_file():
        stream = io.BytesIO()
        np.save(stream, seen, allow_pickle=False)
        files.put(found.seen, stream.getvalue())
        files.put(found.path, shown)
    else:
        found.path.touch()  # it is the latest again
    files.put_json(
        found.path.with_suffix(".json"), {"title": printable(title)[:LONGEST] or "photo"}
    )
    return found


def named(loaded: Loaded, name: str) -> Kept:
    """Return the photo of a name.

    Raises:
        UnknownName: there is none.
    """
    found = Kept(loaded.folder / FOLDER, name)
    if not NAME.fullmatch(name) or not found.path.is_file():
        raise UnknownName("There is no such photo here. Drop it on the first page again.")
    return found


def every(folder: Path) -> list[Kept]:
    """Return all photos, the latest first."""
    where = folder / FOLDER
    paths = [path for path in where.glob("*.png") if NAME.fullmatch(path.stem)]
    paths.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [Kept(where, path.stem) for path in paths]


def start_photo(loaded: Loaded, name: str) -> Photo:
    """Return where an ascent begins: a photo, or a frame of another ascent.

    Args:
        loaded: the network.
        name: of a photo, or 'dream/NAME/STEP'.

    Raises:
        UnknownName: there is no such photo or frame.
    """
    frame = FRAME.fullmatch(name)
    if frame is None:
        return named(loaded, name).photo()
    dream = Dream.named(loaded.folder, frame[1])
    if dream is None or not dream.frame(int(frame[2])).is_file():
        raise UnknownName("There is no such frame here.")
    return Photo(dream.frame(int(frame[2])))
