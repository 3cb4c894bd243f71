"""Photos in the size and with the channels of a network's input."""

import os
from pathlib import Path

import numpy as np

from convscope import images
from convscope.errors import PictureError
from convscope.images import PhotoLike, Picture
from convscope.networks.network import Network


def to_input(network: Network, photo: PhotoLike, size: tuple[int, int] | None = None) -> Picture:
    """Return a photo at the network's size and channels: (height, width, channels) in [0, 1].

    Args:
        network: whose size and channels count. Of 3 channels it gets RGB, of 1 the mean of RGB.
        photo: a path, a Pillow image or an array. For any other number of channels only an array
            of that many channels will do.
        size: (height, width), if not the network's own.
    """
    size = size or network.size
    if network.channels in (1, 3):
        fitted = images.fit(images.load(photo), size, network.fit)
        gray = network.channels == 1
        return fitted.mean(axis=2, keepdims=True, dtype="float32") if gray else fitted
    expected = f"an array (height, width, {network.channels}) of uint8 or of floats in [0, 1]"
    if isinstance(photo, str | os.PathLike):
        raise PictureError(f"{network.name} takes {expected}. Received: a path, {str(photo)!r}.")
    array = np.asarray(photo)
    if array.ndim != 3 or array.shape[2] != network.channels or 0 in array.shape:
        raise PictureError(f"{network.name} takes {expected}. Received: shape {array.shape}.")
    # One channel at a time, so that each is checked like any picture.
    planes = [images.validate(array[:, :, channel])[:, :, :1] for channel in range(array.shape[2])]
    return images.fit(np.concatenate(planes, axis=2), size, network.fit)


PACKAGE = Path(__file__).parents[1]


def recorded_path(photo: PhotoLike) -> str:
    """Return a photo's path as a record has it, or the type that the photo was given as.

    Paths below the current folder are relative to it, and photos of the package are written by
    name, so that a record contains no folder that was not typed.
    """
    if not isinstance(photo, str | os.PathLike):
        return type(photo).__name__
    path = Path(photo)
    if path.is_relative_to(PACKAGE):
        return path.name
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return os.fspath(photo)


def display_name(photo: PhotoLike) -> str:
    """Return the name of a photo: its file's name, or the type that it was given as."""
    if isinstance(photo, str | os.PathLike):
        return os.path.basename(os.fspath(photo))
    return type(photo).__name__
