"""Pictures as arrays: read, checked, resized, arranged and saved. NumPy and Pillow only.

A picture is float32, (height, width, 3), RGB, values in [0, 1]. What a canvas or a layer makes may
have another number of channels, (height, width, channels); all but the readers take those too.
Nothing here changes the array it is given.
"""

import io
import json
import math
import operator
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from convscope import files
from convscope.errors import PictureError, unknown

Picture = npt.NDArray[np.float32]
Info = Mapping[str, str]

# Plain raster formats only: Pillow also opens formats that start other programs (EPS: Ghostscript).
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")

# The header says how large a picture is; a small file may claim to be one that fills the memory.
MAX_PIXELS = 100_000_000

# What lies behind transparent parts. Mid gray is what most networks hear as silence, so that an
# empty region excites nothing; white would draw a bright shape with hard edges.
BEHIND = np.float32(0.5)

# How far a float may leave [0, 1] by rounding alone; it is clipped without a word.
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

NOTHING: Info = MappingProxyType({})


# ---------------------------------------------------------------------------------- reading


def load(source: str | os.PathLike[str] | Image.Image | npt.ArrayLike) -> Picture:
    """Make a picture of whatever shows one: a path, a Pillow image or an array.

    Example:
        >>> load(np.full((2, 5), 255, np.uint8)).shape
        (2, 5, 3)
    """
    if isinstance(source, str | os.PathLike):
        return read(source)
    if isinstance(source, Image.Image):
        with _reporting("a Pillow image"):
            return _from_pillow(source)
    return validate(source)


def read(path: str | os.PathLike[str]) -> Picture:
    """Read a picture file, upright, in RGB; of an animation, its first frame.

    Gray and palette files become RGB, 16-bit gray keeps its depth, and transparent parts are laid
    over mid gray. Colour profiles are not applied.
    """
    with _opened(path) as image:
        return _from_pillow(image)


def decode(data: bytes, name: str) -> Picture:
    """Read a picture file's bytes, as `read` does; ``name`` is what an error calls it."""
    with _reporting(repr(name)), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise PictureError(_too_large(image.size))
        return _from_pillow(image)


def read_info(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read the text that travels inside a picture file, as `save` wrote it; {} if there is none.

    Of a PNG, every text chunk; Pillow refuses chunks that unpack to more than a megabyte.
    """
    with _opened(path) as image:
        if isinstance(image, PngImagePlugin.PngImageFile):
            return {key: str(text) for key, text in image.text.items()}
        return _parse_info(image.getexif().get(DESCRIPTION))


def validate(array: npt.ArrayLike) -> Picture:
    """Make a picture of an array, or say what is wrong with it and how to mend it.

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
        raise PictureError(
            f"Expected an array. Received: {type(array).__name__}. {error}"
        ) from None
    _check_shape(given.shape)
    numbers = from_bytes(given) if given.dtype == np.uint8 else _check_floats(given)
    if numbers.ndim == 2:
        numbers = numbers[:, :, None]
    if numbers.shape[2] == 4:
        return over(numbers)
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
    wanted = "(height, width) or (height, width, 1, 3 or 4)"
    raise PictureError(f"Expected a picture of shape {wanted}. Received: {shape}. {hint}")


def _check_floats(given: npt.NDArray[Any]) -> Picture:
    """Return a new float32 array clipped to [0, 1], if rounding is all that the clip takes away."""
    if not np.issubdtype(given.dtype, np.floating):
        wanted = "uint8 in 0..255 or floats in [0, 1]"
        hint = "Convert it: array.astype('float32')."
        if np.issubdtype(given.dtype, np.integer):
            white = 255 if given.min() >= 0 and given.max() <= 255 else np.iinfo(given.dtype).max
            hint = "Convert it: array.astype('uint8')."
            if white != 255:
                hint = f"Divide it by what white is, perhaps {white}: array / {white}."
        raise PictureError(f"Expected {wanted}. Received: {given.dtype}. {hint}")
    low, high = float(given.min()), float(given.max())
    if low >= -ROUNDING and high <= 1 + ROUNDING:
        return _clip(given)
    if not (math.isfinite(low) and math.isfinite(high)):
        hint = "Replace what is not finite: np.nan_to_num(array)."
    elif low >= 0 and high <= 255:
        hint = "Divide by 255: array / 255."
    elif low >= -1 and high <= 1:
        hint = "Move it there: (array + 1) / 2."
    else:
        hint = "Give the picture as it was before any preprocessing."
    raise PictureError(f"Expected floats in [0, 1]. Received: {low:g} to {high:g}. {hint}")


@contextmanager
def _reporting(shown: str) -> Iterator[None]:
    """Turn whatever Pillow trips over into one line about the picture shown."""
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
        raise PictureError(f"Cannot read {shown}. {_too_large()}") from None
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
    """Open a picture file as far as its header; errors inside the block are about the file."""
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


def _too_large(size: tuple[int, int] | None = None) -> str:
    received = "more" if size is None else "{} x {}".format(*size)
    return f"Expected at most {MAX_PIXELS:,} pixels. Received: {received}. Shrink it first."


def _from_pillow(image: Image.Image) -> Picture:
    """Make a picture of any Pillow image; the image is left as it was."""
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
    """Scale wide samples to [0, 1]; refuse those whose white is anybody's guess."""
    low, high = samples.min(), samples.max()
    if not (low >= 0 and high <= white):
        hint = "Scale it, or save it as an 8-bit PNG."
        raise PictureError(f"Expected samples in 0..{white}. Received: {low} to {high}. {hint}")
    return samples / np.float32(white)


def _parse_info(text: object) -> dict[str, str]:
    """Read what `_exif` wrote; any other description, such as a camera's, is not ours: {}."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


# ---------------------------------------------------------------------------------- numbers


def to_bytes(picture: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Map [0, 1] to 0..255, any shape; what lies outside is clipped."""
    if np.isnan(picture).any():
        raise PictureError("Expected numbers. Received: NaN. If a climb made it, slow it down.")
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return scaled


def from_bytes(data: npt.NDArray[np.uint8]) -> Picture:
    """Map 0..255 to [0, 1], any shape; `to_bytes` brings back the same bytes.

    Example:
        >>> from_bytes(np.array([0, 51, 255], np.uint8))
        array([0. , 0.2, 1. ], dtype=float32)
    """
    return data.astype(np.float32) / np.float32(255)


def _clip(numbers: npt.NDArray[Any]) -> Picture:
    clipped: Picture = np.clip(numbers, 0, 1).astype(np.float32)
    return clipped


def rms_contrast(picture: Picture) -> float:
    """Measure the contrast: 0 for one plain colour, 0.5 at most.

    It is the root of the mean squared distance of each value from its channel's mean.

    Example:
        >>> rms_contrast(np.float32([[[0.0], [1.0]]]))
        0.5
    """
    numbers = _layered(picture).astype(np.float64)
    return float(np.sqrt(np.mean((numbers - numbers.mean(axis=(0, 1))) ** 2)))


# ------------------------------------------------------------------------------------- sizes


def sized(size: int | tuple[int, int]) -> tuple[int, int]:
    """Read a size: one whole number for height and width, or (height, width).

    Example:
        >>> sized(224)
        (224, 224)
    """
    try:
        sides = tuple(size) if isinstance(size, Iterable) else (size, size)
        height, width = (operator.index(side) for side in sides)
    except (TypeError, ValueError):
        height = width = 0
    if height < 1 or width < 1:
        wanted = "a size of at least one pixel, such as 224 or (224, 320)"
        raise PictureError(f"Expected {wanted}. Received: {size!r}.")
    if height * width > MAX_PIXELS:
        raise PictureError(
            f"Expected a size of at most {MAX_PIXELS:,} pixels. Received: {height} x {width}."
        )
    return height, width


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resample to size, (height, width): bicubic, smoothed before it shrinks, clipped to [0, 1]."""
    height, width = sized(size)
    planes = np.moveaxis(_layered(picture).astype(np.float32), 2, 0)
    resized = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        for plane in planes
    ]
    return _clip(np.stack(resized, axis=2))


def fit(picture: Picture, size: tuple[int, int]) -> Picture:
    """Crop the middle to the proportions of size, (height, width), then resize to it.

    This is how a photo is handed to a network: nothing is stretched, the middle is kept.
    """
    height, width = sized(size)
    numbers = _layered(picture)
    scale = min(numbers.shape[0] / height, numbers.shape[1] / width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (numbers.shape[0] - tall) // 2, (numbers.shape[1] - wide) // 2
    return resize(numbers[top : top + tall, left : left + wide], size)


def tiled(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Lay channels that are no colour side by side, as gray tiles; RGB stays as it is.

    Args:
        picture: (height, width) or (height, width, channels), of any numbers.

    Returns:
        (height, width, 3), or gray: (height, channels * width).

    Example:
        >>> tiled(np.zeros((4, 6, 5))).shape
        (4, 30)
    """
    numbers = _layered(picture)
    if numbers.shape[2] == 3:
        return numbers
    return np.concatenate(np.moveaxis(numbers, 2, 0), axis=1)


def over(picture: Picture, behind: npt.ArrayLike = BEHIND) -> Picture:
    """Lay a picture whose last channel is its opacity over something; all channels but that remain.

    Args:
        picture: (..., height, width, channels + 1) in [0, 1].
        behind: in [0, 1]: a shade, or an array that fits; mid gray, as in the readers, if not told.

    Example:
        >>> over(np.float32([[[0.5, 1.0, 0.25]]]), 1.0)
        array([[[0.875, 1.   ]]], dtype=float32)
    """
    opacity = picture[..., -1:]
    laid: Picture = picture[..., :-1] * opacity + np.asarray(behind, np.float32) * (1 - opacity)
    return laid


def checkered(size: tuple[int, int]) -> Picture:
    """A light checkerboard, (height, width, 1): what shows people that something is transparent."""
    height, width = sized(size)
    square = max(1, max(height, width) // 16)
    rows, columns = np.arange(height)[:, None] // square, np.arange(width)[None, :] // square
    return np.where((rows + columns) % 2, 0.85, 1.0).astype(np.float32)[:, :, None]


def magnify(picture: Picture, factor: int) -> Picture:
    """Show every pixel as a square of factor x factor, so that small pictures can be looked at."""
    if factor < 1:
        raise PictureError(f"Expected a factor of 1 or more. Received: {factor}.")
    return _layered(picture).repeat(factor, axis=0).repeat(factor, axis=1)


def sheet(
    pictures: Iterable[Picture],
    columns: int | None = None,
    gap: int = 2,
    background: float = 1.0,
) -> Picture:
    """Lay pictures out in rows, smaller ones in the middle of their cells.

    Args:
        pictures: each (height, width, channels); gray ones may stand among those of colour.
        columns: as near to a square of cells as can be, unless told.
        gap: pixels between cells; there is no margin.
        background: in [0, 1], seen in the gaps and around smaller pictures.

    Example:
        >>> sheet([np.zeros((4, 6, 3), np.float32)] * 5).shape
        (10, 22, 3)
    """
    cells = [_layered(picture) for picture in pictures]
    if not cells:
        raise PictureError("Expected one picture or more. Received: none.")
    height, width, channels = (max(cell.shape[axis] for cell in cells) for axis in range(3))
    if any(cell.shape[2] not in (1, channels) for cell in cells):
        counts = sorted({cell.shape[2] for cell in cells})
        raise PictureError(f"Expected pictures of like channels. Received: {counts} channels.")
    columns = math.ceil(math.sqrt(len(cells))) if columns is None else columns
    if columns < 1 or gap < 0:
        raise PictureError(f"Expected columns >= 1, gap >= 0. Received: {columns} and {gap}.")
    across, down = min(columns, len(cells)), math.ceil(len(cells) / columns)
    area = (down * (height + gap) - gap, across * (width + gap) - gap, channels)
    whole = np.full(area, background, np.float32)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        top = row * (height + gap) + (height - cell.shape[0]) // 2
        left = column * (width + gap) + (width - cell.shape[1]) // 2
        whole[top : top + cell.shape[0], left : left + cell.shape[1]] = cell
    return whole


def _layered(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """View (height, width) as (height, width, 1); refuse what has no pixels or other axes."""
    numbers = np.asarray(picture)
    if numbers.ndim not in (2, 3) or numbers.size == 0:
        wanted = "(height, width, channels)"
        raise PictureError(f"Expected a picture of shape {wanted}. Received: {numbers.shape}.")
    return numbers[:, :, None] if numbers.ndim == 2 else numbers


# ------------------------------------------------------------------------------------ saving


def save(
    picture: Picture,
    path: str | os.PathLike[str],
    info: Info = NOTHING,
    *,
    opacity: bool = False,
) -> Path:
    """Save a picture, whole or not at all; the suffix chooses the format, `info` travels inside.

    .png and .webp keep every 8-bit value; .jpg is small. `read_info` reads `info` back.
    With `opacity` the last channel is none of colour: .jpg, which knows no opacity, shows the
    picture over mid gray.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in ENCODERS:
        raise unknown("picture format", suffix or Path(path).name, ENCODERS)
    return files.put(path, ENCODERS[suffix](picture, info, opacity=opacity))


def encode_png(picture: Picture, info: Info = NOTHING, *, opacity: bool = False) -> bytes:
    """Encode as an 8-bit PNG; the same picture and info make the same bytes.

    Args:
        picture: (height, width, channels): 3 become RGB, 1 gray. No other number is a colour;
            such channels stand side by side, as a row of gray tiles.
        info: goes into text chunks: Latin-1 names of 1 to 79 letters, any values.
        opacity: whether the last channel is one more: 4 become RGBA, 2 gray with opacity.
    """
    chunks = PngImagePlugin.PngInfo()
    for key in sorted(info):
        if not (1 <= len(key) <= 79 and key.isprintable() and _is_latin(key)):
            raise PictureError(
                f"Expected an info name of 1 to 79 Latin-1 letters. Received: {key!r}."
            )
        chunks.add_text(key, _writable(info[key]))  # Pillow takes iTXt where Latin-1 does not do
    return _encode(picture, "PNG", opacity, pnginfo=chunks)


def encode_jpeg(
    picture: Picture, info: Info = NOTHING, *, opacity: bool = False, quality: int = 90
) -> bytes:
    """Encode as a JPEG; what a unit likes is vivid, so colour keeps its full resolution."""
    shown = over(picture) if opacity else picture
    return _encode(shown, "JPEG", quality=quality, subsampling=0, exif=_exif(info))


def encode_webp(picture: Picture, info: Info = NOTHING, *, opacity: bool = False) -> bytes:
    """Encode as a lossless WebP: every 8-bit value is kept, in less room than a PNG."""
    # exact: also the colours of what is wholly transparent.
    return _encode(picture, "WEBP", opacity, lossless=True, exact=True, exif=_exif(info))


ENCODERS: dict[str, Callable[..., bytes]] = {
    ".png": encode_png,
    ".jpg": encode_jpeg,
    ".jpeg": encode_jpeg,
    ".webp": encode_webp,
}


def _encode(picture: Picture, format: str, opacity: bool = False, **options: Any) -> bytes:
    if opacity and picture.shape[-1] not in (2, 4):
        picture, opacity = over(picture), False  # no colours that a file could hold with opacity
    pixels = to_bytes(picture)
    image, stream = Image.fromarray(pixels if opacity else tiled(pixels)), io.BytesIO()
    try:
        image.save(stream, format, **options)
    except (OSError, ValueError) as error:  # too long a side, or too much info, for the format
        reason = f"Cannot make a {format} of {image.width} x {image.height} pixels ({error})."
        raise PictureError(f"{reason} Try PNG, a smaller picture or less info.") from None
    return stream.getvalue()


def _exif(info: Info) -> bytes:
    """Put info, as JSON, where EXIF has a description; without info there is no EXIF at all."""
    if not info:
        return b""
    exif = Image.Exif()
    exif[DESCRIPTION] = json.dumps(dict(info), sort_keys=True)
    return exif.tobytes()


def _is_latin(text: str) -> bool:
    return text.encode("latin-1", "replace").decode("latin-1") == text


def _writable(text: str) -> str:
    """Spell out what UTF-8 cannot hold, such as the bytes of a badly encoded file name."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
