"""Reading of picture files, Pillow images and arrays, which may all be from strangers."""

import io
import json
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from convscope.errors import PictureError
from convscope.images.arrays import MAX_PIXELS, Picture, clip, composite, from_bytes
from convscope.images.photo import Photo

PhotoLike = str | os.PathLike[str] | Image.Image | npt.ArrayLike  # a path, an image or an array

# Plain raster formats only: Pillow also opens formats that start other programs (EPS: Ghostscript).
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")

# How far a float may be outside [0, 1] by rounding alone; it is clipped without a message.
ROUNDING = 1e-4

# Samples wider than a byte, and the value that is white. Pillow would cut them off at 255.
WIDE = {"I;16": 65535, "I;16L": 65535, "I;16B": 65535, "I;16N": 65535, "I": 65535, "F": 1}

ORIENTATION, DESCRIPTION = 0x0112, 0x010E  # EXIF tags

# By EXIF orientation. ImageOps.exif_transpose also rewrites the EXIF, and stumbles over damage.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load(source: PhotoLike) -> Picture:
    """Return the picture in a path, a Pillow image or an array.

    Example:
        >>> load(np.full((2, 5), 255, np.uint8)).shape
        (2, 5, 3)
    """
    if isinstance(source, Photo) and source.picture is not None:
        return source.picture.copy()
    if isinstance(source, str | os.PathLike):
        return read(source)
    if isinstance(source, Image.Image):
        with _reporting("a Pillow image"):
            return _from_pillow(source)
    return validate(source)


def read(path: str | os.PathLike[str]) -> Picture:
    """Return the picture in a file, upright and in RGB; of an animation, its first frame.

    Gray and palette files become RGB, 16-bit gray keeps its depth, and transparent parts are laid
    over mid gray. Colour profiles are not applied.
    """
    with _opened(path) as image:
        return _from_pillow(image)


def decode(data: bytes, name: str, most: int = MAX_PIXELS) -> Picture:
    """Return the picture in a file's bytes, as `read` does, of at most so many pixels.

    ``name`` is for error messages. A larger picture is refused by its header, before it is decoded.
    """
    with _reporting(repr(name), most), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > most:
            raise PictureError(_too_large(image.size, most))
        return _from_pillow(image)


def read_info(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the texts inside a picture file, as `save` wrote them; {} if there are none.

    From a PNG these are all text chunks. Pillow refuses chunks that unpack to more than a megabyte.
    """
    with _opened(path) as image:
        if isinstance(image, PngImagePlugin.PngImageFile):
            return {key: str(text) for key, text in image.text.items()}
        return _parse_info(image.getexif().get(DESCRIPTION))


def validate(array: npt.ArrayLike) -> Picture:
    """Return an array as a picture, or raise an error that says what is wrong and how to fix it.

    Args:
        array: (height, width), or (height, width, 1, 3 or 4): gray, RGB or RGB with opacity;
            uint8 in 0..255 or floats in [0, 1].

    Returns:
        A new float32 array, (height, width, 3), values in [0, 1].

    Example:
        >>> validate([[0.0, 0.25]])[0, 1]
        array([0.25, 0.25, 0.25], dtype=float32)
    """
    try:
        given = np.asarray(array)
    except Exception as error:  # whatever an array-like of another library may raise
        raise PictureError.expected("an array", type(array).__name__, error) from None
    _check_shape(given.shape)
    numbers = from_bytes(given) if given.dtype == np.uint8 else _check_floats(given)
    if numbers.ndim == 2:
        numbers = numbers[:, :, None]
    if numbers.shape[2] == 4:
        return composite(numbers)
    return np.repeat(numbers, 3, axis=2) if numbers.shape[2] == 1 else numbers


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) == 2 and 0 not in shape:
        return
    if len(shape) == 3 and 0 not in shape and shape[2] in (1, 3, 4):
        return
    if 0 in shape:
        hint = "It is empty."
    elif len(shape) == 4:
        hint = "Take one picture of the batch: array[0]."
    elif len(shape) == 3 and shape[0] in (1, 3, 4):
        hint = "Put the channels last: np.moveaxis(array, 0, -1)."
    else:
        hint = "Give gray, RGB or RGB with opacity."
    expected = "(height, width) or (height, width, 1, 3 or 4)"
    raise PictureError.expected(f"a picture of shape {expected}", shape, hint)


def _check_floats(given: npt.NDArray[Any]) -> Picture:
    """Return a new float32 array clipped to [0, 1], if values outside are rounding errors only."""
    if not np.issubdtype(given.dtype, np.floating):
        expected = "uint8 in 0..255 or floats in [0, 1]"
        hint = "Convert it: array.astype('float32')."
        if np.issubdtype(given.dtype, np.integer):
            white = 255 if given.min() >= 0 and given.max() <= 255 else np.iinfo(given.dtype).max
            hint = "Convert it: array.astype('uint8')."
            if white != 255:
                hint = f"Divide it by what white is, perhaps {white}: array / {white}."
        raise PictureError.expected(expected, given.dtype, hint)
    low, high = float(given.min()), float(given.max())
    if low >= -ROUNDING and high <= 1 + ROUNDING:
        return clip(given)
    if not (math.isfinite(low) and math.isfinite(high)):
        hint = "Replace what is not finite: np.nan_to_num(array)."
    elif low >= 0 and high <= 255:
        hint = "Divide by 255: array / 255."
    elif low >= -1 and high <= 1:
        hint = "Move it there: (array + 1) / 2."
    else:
        hint = "Give the picture as it was before any preprocessing."
    raise PictureError.expected("floats in [0, 1]", f"{low:g} to {high:g}", hint)


@contextmanager
def _reporting(shown: str, most: int = MAX_PIXELS) -> Iterator[None]:
    """Turn all errors of Pillow into one line about the picture."""
    listed = ", ".join(FORMATS)
    try:
        # A damaged file makes Pillow warn as well as fail; the line below says it once.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PictureError as error:
        raise PictureError(f"Cannot read {shown}. {error}") from None
    except UnidentifiedImageError:
        hint = f"Expected one of {listed}; convert it to PNG."
        raise PictureError(
            f"Cannot read {shown}: not a picture of a known format. {hint}"
        ) from None
    except Image.DecompressionBombError:
        raise PictureError(f"Cannot read {shown}. {_too_large(most=most)}") from None
    except PermissionError:
        hint = "Ask its owner for permission to read it."
        raise PictureError(f"Cannot read {shown}: no permission. {hint}") from None
    except Exception as error:  # Pillow's decoders raise nearly every type on a damaged file
        reason = " ".join(str(error).split()) or type(error).__name__
        hint = "Fetch or export it again."
        raise PictureError(
            f"Cannot read {shown}: damaged or cut short ({reason}). {hint}"
        ) from error


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[Image.Image]:
    """Yield a picture file with its header read; errors in the block are about the file."""
    with _reporting(repr(os.fspath(path))):
        _check_file(Path(path))
        # By its name Pillow would map some files into memory, and scramble a plain gray TIFF that
        # is stored sideways.
        with Path(path).open("rb") as file, Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureError(_too_large(image.size))
            yield image


def _check_file(path: Path) -> None:
    if not path.exists():
        raise PictureError("There is no such file; check the path.")
    if path.is_dir():
        raise PictureError("It is a folder; add a file name.")
    if not path.is_file():
        raise PictureError("It is a device or a pipe; give an ordinary file.")
    if path.stat().st_size == 0:
        raise PictureError("The file is empty; fetch or export it again.")


def _too_large(size: tuple[int, int] | None = None, most: int = MAX_PIXELS) -> str:
    received = "more" if size is None else "{} x {}".format(*size)
    return f"Expected at most {most:,} pixels. Received: {received}. Shrink it first."


def _from_pillow(image: Image.Image) -> Picture:
    """Return the picture in any Pillow image, which is not changed."""
    image.load()  # turns a TIFF upright, and forgets its orientation then
    turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    if turn is not None:
        image = image.transpose(turn)
    if image.mode in WIDE:
        return validate(_narrow(np.asarray(image), WIDE[image.mode]))
    if image.mode == "La":  # gray times opacity: Pillow knows only this way back
        image = image.convert("LA")
    return validate(np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB")))


def _narrow(samples: npt.NDArray[Any], white: int) -> npt.NDArray[Any]:
    """Return wide samples scaled to [0, 1]; refuse those whose value for white is not known."""
    low, high = samples.min(), samples.max()
    if not (low >= 0 and high <= white):
        hint = "Scale it, or save it as an 8-bit PNG."
        raise PictureError.expected(f"samples in 0..{white}", f"{low} to {high}", hint)
    return samples / np.float32(white)


def _parse_info(text: object) -> dict[str, str]:
    """Return what `_exif` wrote; {} for other descriptions, such as a camera's."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}
