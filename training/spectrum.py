"""Measure the spectrum of natural pictures for MACO: python -m training.spectrum --data FOLDER"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convscope import files
from convscope.canvas import color, spectrum
from convscope.errors import ConvscopeError
from training.data import read_pictures

BATCH = 250
# Of black and white, so that their logits are finite. With this much, pictures painted with the
# measured magnitudes and random phases have the RMS contrast of the photographs, 0.23 (here and in
# tests/canvas/test_maco.py::test_what_it_paints_has_the_contrast_of_photographs).
MARGIN = 0.02
# Cycles a picture. Finer waves of pictures shrunk to 64 pixels and stored as JPEG are as much noise
# as picture: their magnitudes hardly fall any more. There the decline from FIRST to KNOWN goes on.
FIRST, KNOWN = 2, 16


def measure(pixels: np.ndarray) -> spectrum.Spectrum:
    """The mean magnitude of every wave up to ``KNOWN``, and how magnitudes decline.

    Args:
        pixels: (count, side, side, 3), uint8.

    A Hann window takes away the jump between opposite edges, which would show as a cross of
    strong waves along both axes; the mean colour is measured without it.
    """
    side = pixels.shape[1]
    hann = np.sin(np.pi * (np.arange(side) + 0.5) / side) ** 2
    window = np.outer(hann, hann)[..., None] / np.mean(hann**2)
    total: np.ndarray = np.zeros((side, side, 3))
    for start in range(0, len(pixels), BATCH):
        inside = np.clip(pixels[start : start + BATCH] / 255, MARGIN, 1 - MARGIN)
        field = np.log(inside / (1 - inside)) @ color.FROM_RGB.T
        mean = field.mean((1, 2), keepdims=True)
        waves = np.fft.fft2((field - mean) * window, axes=(1, 2)) / side**2
        waves[:, 0, 0] = mean[:, 0, 0]
        total += np.abs(waves).sum(0)
    back = -np.arange(KNOWN + 1)
    known = total[: KNOWN + 1, : KNOWN + 1] + total[back, : KNOWN + 1]
    magnitude = (known / (2 * len(pixels))).astype("float32")
    return spectrum.Spectrum(magnitude, decline(magnitude))


def decline(magnitude: np.ndarray) -> np.ndarray:
    """The power of frequency with which magnitudes fall from ``FIRST`` cycles on: (3,)."""
    rows, columns = np.indices(magnitude.shape[:2])
    cycles = np.hypot(rows, columns)
    fitted = (cycles >= FIRST) & (cycles <= KNOWN)
    # Each octave counts alike, however many waves it has.
    weights = 1 / cycles[fitted]
    lines = np.polyfit(np.log(cycles[fitted]), np.log(magnitude[fitted]), 1, w=weights)
    return -lines[0].astype("float32")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the spectrum that ships in the package: magnitudes only, no pictures."""
    parser = argparse.ArgumentParser(prog="python -m training.spectrum", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--out", type=Path, default=spectrum.FILE, metavar="FILE.npz")
    given = parser.parse_args(arguments)
    try:
        pixels = read_pictures(given.data, "validation").pixels
        found = measure(pixels)
        packed = io.BytesIO()
        np.savez_compressed(packed, magnitude=found.magnitude, decline=found.decline)
        files.put(given.out, packed.getvalue())
        falls = ", ".join(f"{power:.2f}" for power in found.decline)
        print(f"{given.out}: {len(pixels)} pictures, magnitudes decline by powers {falls}")
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
