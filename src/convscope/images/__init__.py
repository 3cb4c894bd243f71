"""Pictures as arrays: read, checked, resized, arranged and saved, with NumPy and Pillow only."""

from convscope.images.arrangement import channel_strip, checkered, sheet
from convscope.images.arrays import (
    BACKGROUND,
    Picture,
    composite,
    from_bytes,
    rms_contrast,
    to_bytes,
)
from convscope.images.encoding import (
    ENCODERS,
    NO_INFO,
    Info,
    encode_jpeg,
    encode_png,
    encode_webp,
    save,
)
from convscope.images.photo import Photo
from convscope.images.reading import decode, load, read, read_info, validate
from convscope.images.sizes import fit, magnify, parse_size, resize

__all__ = [
    "BACKGROUND",
    "ENCODERS",
    "NO_INFO",
    "Info",
    "Photo",
    "Picture",
    "channel_strip",
    "checkered",
    "composite",
    "decode",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "fit",
    "from_bytes",
    "load",
    "magnify",
    "parse_size",
    "read",
    "read_info",
    "resize",
    "rms_contrast",
    "save",
    "sheet",
    "to_bytes",
    "validate",
]
