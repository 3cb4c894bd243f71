"""Pictures as arrays: read, checked, resized, arranged and saved, with NumPy and Pillow only."""

from convscope.images.arrangement import checkered, sheet, tiled
from convscope.images.arrays import BEHIND, Picture, from_bytes, over, rms_contrast, to_bytes
from convscope.images.encoding import (
    ENCODERS,
    NOTHING,
    Info,
    encode_jpeg,
    encode_png,
    encode_webp,
    save,
)
from convscope.images.photo import Photo
from convscope.images.reading import decode, load, read, read_info, validate
from convscope.images.sizes import fit, magnify, resize, sized

__all__ = [
    "BEHIND",
    "ENCODERS",
    "NOTHING",
    "Info",
    "Photo",
    "Picture",
    "checkered",
    "decode",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "fit",
    "from_bytes",
    "load",
    "magnify",
    "over",
    "read",
    "read_info",
    "resize",
    "rms_contrast",
    "save",
    "sheet",
    "sized",
    "tiled",
    "to_bytes",
    "validate",
]
