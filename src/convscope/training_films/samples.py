"""The pictures on which layers are compared: the same ones at every moment."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convscope import images
from convscope.brief import Brief
from convscope.datasets.photos import Photos
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError, PictureError
from convscope.images import PhotoLike
from convscope.networks.network import Network
from convscope.networks.photo import to_input
from convscope.spacing import evenly

COUNT = 32
LEAST = 4  # fewer pictures tell nothing
SMALLEST = 0.3  # of a photo's shorter side, cut out

Natural = str | os.PathLike[str] | Sequence[PhotoLike] | None


@dataclass(frozen=True, eq=False)
class Samples(Brief):
    """Pictures and a description of them.

    Args:
        pictures: (n, height, width, channels) in [0, 1], as the network is fed them.
        description: what they are, in words.
    """

    pictures: np.ndarray
    description: str


def samples(network: Network, natural: Natural = None, seed: int = 0) -> Samples:
    """Return pictures at the network's size: the user's own, or sample photos.

    Args:
        network: from ``convscope.load``.
        natural: a folder or .zip of photos, of which some are taken, evenly by name; or pictures
            themselves, as arrays, paths or Pillow images. By default cuttings from two photos that
            come along, or noise where a network takes no photos.
        seed: decides what is cut out.
    """
    if natural is None:
        chance = np.random.default_rng([seed, COUNT])
        cut = network.channels in (1, 3)
        found = _cuttings(network, chance) if cut else _noise(network, chance)
        description = (
            "cuttings from two photos that come with Convscope" if cut else "pictures of noise"
        )
    elif isinstance(natural, str | os.PathLike):
        found = _photos(network, Photos.of(natural))
        description = f"photos from {os.path.basename(os.path.normpath(natural))}"
    else:
        found = [to_input(network, picture) for picture in natural]
        description = "pictures that were given"
    if len(found) < LEAST:
        raise InputError(f"Expected at least {LEAST} pictures to compare on. Got: {len(found)}.")
    return Samples(np.stack(found), f"{len(found)} {description}")


def _cuttings(network: Network, chance: np.random.Generator) -> list[np.ndarray]:
    """Return parts of the sample photos, of many sizes, from all places."""
    found = []
    for path in PHOTOS:
        photo = images.read(path)
        for _ in range(COUNT // len(PHOTOS)):
            side = round(min(photo.shape[:2]) * chance.uniform(SMALLEST, 1))
            top, left = (int(chance.integers(0, room - side + 1)) for room in photo.shape[:2])
            found.append(to_input(network, photo[top : top + side, left : left + side]))
    return found


def _noise(network: Network, chance: np.random.Generator) -> list[np.ndarray]:
    """Return noise whose waves weaken with their frequency, as in photos."""
    height, width = network.size
    down, across = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None]
    fade = 1 / np.maximum(np.hypot(down, across), 1 / max(height, width))[..., None]
    found = []
    for _ in range(COUNT):
        waves = np.fft.fft2(chance.standard_normal((height, width, network.channels)), axes=(0, 1))
        cloud = np.fft.ifft2(waves * fade, axes=(0, 1)).real
        spread = np.ptp(cloud) or 1.0
        found.append(((cloud - cloud.min()) / spread).astype("float32"))
    return found


def _photos(network: Network, photos: Photos) -> list[np.ndarray]:
    """Return some of a folder's photos, evenly by name, without damaged ones."""
    found = []
    with photos.opened() as read:
        for place in evenly(len(photos.names), COUNT):
            try:
                found.append(to_input(network, read(photos.names[place])))
            except PictureError:
                continue
    return found
