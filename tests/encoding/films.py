"""Films to write, and ways to read them back that share nothing with the writers."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageSequence


def drift(count=12, height=48, width=64):
    """A blob crosses a gradient; the leftmost quarter stands still."""
    down, right = np.mgrid[0:height, 0:width].astype(np.float32)
    still = np.stack([0.2 + 0.6 * right / width, 0.8 - 0.5 * down / height, 0.4 + 0 * down], -1)
    frames = []
    for time in np.linspace(0, 1, count):
        across = width * (0.5 + 0.3 * time)
        blob = np.exp(-((right - across) ** 2 + (down - height / 2) ** 2) / (height / 6) ** 2)
        blob[:, : width // 4] = 0
        frame = still * (1 - blob[..., None]) + np.float32([0.9, 0.2, 0.1]) * blob[..., None]
        frames.append(frame.astype(np.float32))
    return frames


@dataclass(frozen=True)
class Seen:
    """What a reader finds: (n, height, width, 3) uint8, and seconds for each picture."""

    pictures: np.ndarray
    seconds: list[float]


def see(path: Path) -> Seen:
    if path.suffix in (".mp4", ".webm"):
        with av.open(str(path)) as file:
            frames = list(file.decode(video=0))
        # Containers give times, not durations: the last lasts as long as the one before.
        times = [float(frame.pts * frame.time_base) for frame in frames]
        gaps = [after - before for before, after in pairwise(times)]
        pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in frames])
        return Seen(pictures, [*gaps, gaps[-1] if gaps else 0.0])
    with Image.open(path) as image:
        frames, seconds = [], []
        for frame in ImageSequence.Iterator(image):
            frame.load()
            frames.append(np.asarray(frame.convert("RGB")))
            seconds.append(frame.info.get("duration", 0) / 1000)
    return Seen(np.stack(frames), seconds)


def psnr(one, other):
    """Peak signal to noise in decibels, of bytes."""
    error = np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))
