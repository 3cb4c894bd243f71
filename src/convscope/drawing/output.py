"""Figures as files: PNG, PDF or SVG; the same figure always gives the same bytes."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convscope import files
from convscope.drawing.style import DPI
from convscope.errors import InputError, unknown
from convscope.images import NO_INFO, Info

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 1200  # pixels an inch

# A person's own matplotlibrc must not crop the figure, nor chance name the parts of an SVG.
SETTINGS: dict[Any, Any] = {
    "savefig.bbox": None,
    "savefig.transparent": False,
    "svg.hashsalt": "convscope",
}


def _described(field: str, info: Info) -> dict[str, str]:
    return {field: json.dumps(dict(info), sort_keys=True)} if info else {}


# What travels inside a file besides the figure, by suffix. Dates and versions would make every
# file different, so they are left out.
FORMATS: dict[str, Callable[[Info], dict[str, Any]]] = {
    ".png": lambda info: {"Software": None, **dict(sorted(info.items()))},
    ".pdf": lambda info: {"CreationDate": None, **_described("Subject", info)},
    ".svg": lambda info: {"Date": None, **_described("Description", info)},
}


def save(
    figure: "Figure", path: str | os.PathLike[str], info: Info = NO_INFO, *, dpi: int = DPI
) -> Path:
    """Write a figure with ``info`` inside, whole or not at all; the suffix chooses the format.

    A PNG has ``dpi`` pixels an inch, and states the number if it is not the usual one.
    ``images.read_info`` reads the ``info`` of a PNG again.
    """
    if not 1 <= dpi <= LARGEST:
        raise InputError.expected(f"dpi from 1 to {LARGEST}", dpi)
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise unknown("figure format", suffix or Path(path).name, FORMATS)
    texts = {**info, "dpi": str(dpi)} if dpi != DPI and info else info
    return files.put(path, _encode(figure, suffix, texts, dpi))


def to_png(figure: "Figure", dpi: int = DPI, info: Info = NO_INFO) -> bytes:
    """Return a figure as a PNG of ``dpi`` pixels an inch."""
    return _encode(figure, ".png", info, dpi)


def _encode(figure: "Figure", suffix: str, info: Info, dpi: int = DPI) -> bytes:
    import matplotlib

    stream = io.BytesIO()
    fast: dict[str, Any] = {"pil_kwargs": {"compress_level": 1}} if suffix == ".png" else {}
    with matplotlib.rc_context(SETTINGS):
        figure.savefig(
            stream,
            format=suffix[1:],
            dpi=dpi,
            facecolor="white",
            metadata=FORMATS[suffix](info),
            **fast,
        )
    return _opaque(stream, dpi) if suffix == ".png" else stream.getvalue()


def _opaque(drawn: io.BytesIO, dpi: int) -> bytes:
    """Return the same PNG without its opacity channel, which makes it a seventh smaller."""
    from PIL import Image, PngImagePlugin

    chunks = PngImagePlugin.PngInfo()
    stream = io.BytesIO()
    with Image.open(drawn) as image:
        for name, text in image.text.items():  # type: ignore[attr-defined]
            chunks.add_text(name, text)
        image.convert("RGB").save(stream, "PNG", pnginfo=chunks, dpi=(dpi, dpi))
    return stream.getvalue()
