"""Pictures as files: PNG, JPEG and WebP, with texts inside them."""

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image, PngImagePlugin

from convscope import files
from convscope.errors import PictureError, unknown
from convscope.images.arrangement import channel_strip
from convscope.images.arrays import Picture, composite, to_bytes
from convscope.images.reading import DESCRIPTION

Info = Mapping[str, str]

NO_INFO: Info = MappingProxyType({})


def save(
    picture: Picture, path: str | os.PathLike[str], info: Info = NO_INFO, *, opacity: bool = False
) -> Path:
    """Save a picture with `info` inside, whole or not at all; the suffix chooses the format.

    .png and .webp keep every 8-bit value; .jpg is small. `read_info` reads `info` again. With
    `opacity`, the last channel is opacity. JPEG has no opacity, so a .jpg shows the picture over
    mid gray.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in ENCODERS:
        raise unknown("picture format", suffix or Path(path).name, ENCODERS)
    return files.put(path, ENCODERS[suffix](picture, info, opacity=opacity))


def encode_png(picture: Picture, info: Info = NO_INFO, *, opacity: bool = False) -> bytes:
    """Return an 8-bit PNG; the same picture and info give the same bytes.

    Args:
        picture: (height, width, channels): 3 become RGB, 1 gray. No other number is a colour;
            such channels stand side by side, as a row of gray tiles.
        info: goes into text chunks: Latin-1 names of 1 to 79 letters, any values.
        opacity: whether the last channel is one more: 4 become RGBA, 2 gray with opacity.
    """
    chunks = PngImagePlugin.PngInfo()
    for key in sorted(info):
        if not (1 <= len(key) <= 79 and key.isprintable() and _is_latin(key)):
            raise PictureError.expected("an info name of 1 to 79 Latin-1 letters", repr(key))
        chunks.add_text(key, _writable(info[key]))  # Pillow takes iTXt where Latin-1 does not do
    return _encode(picture, "PNG", opacity, pnginfo=chunks)


def encode_jpeg(
    picture: Picture, info: Info = NO_INFO, *, opacity: bool = False, quality: int = 90
) -> bytes:
    """Return a JPEG with colour at full resolution, since pictures of units have vivid colours."""
    shown = composite(picture) if opacity else picture
    return _encode(shown, "JPEG", quality=quality, subsampling=0, exif=_exif(info))


def encode_webp(picture: Picture, info: Info = NO_INFO, *, opacity: bool = False) -> bytes:
    """Return a lossless WebP, which keeps every 8-bit value and is smaller than a PNG."""
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
        # No colours that a file could hold with opacity.
        picture, opacity = composite(picture), False
    pixels = to_bytes(picture)
    image, stream = Image.fromarray(pixels if opacity else channel_strip(pixels)), io.BytesIO()
    try:
        image.save(stream, format, **options)
    except (OSError, ValueError) as error:  # too long a side, or too much info, for the format
        reason = f"Cannot make a {format} of {image.width} x {image.height} pixels ({error})."
        raise PictureError(f"{reason} Try PNG, a smaller picture or less info.") from None
    return stream.getvalue()


def _exif(info: Info) -> bytes:
    """Return EXIF data with info, as JSON, in the description; empty without info."""
    if not info:
        return b""
    exif = Image.Exif()
    exif[DESCRIPTION] = json.dumps(dict(info), sort_keys=True)
    return exif.tobytes()


def _is_latin(text: str) -> bool:
    return text.encode("latin-1", "replace").decode("latin-1") == text


def _writable(text: str) -> str:
    """Return info with escapes for what UTF-8 cannot hold, such as badly encoded file names."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
